import type { ErrorDocument } from '../../shared/errors.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import type {
  GroupRow,
  HeadStepRow,
  HeadValidationRow,
  RunCurves,
  RunEnd,
  RunHistory,
  RunRecord,
  StepBucket,
  StepRow,
  ValidationRow,
} from '../../shared/runs.ts'
import type { ReadDatabase, WriteDatabase } from './database.ts'
import { lockHolder } from './locks.ts'
import { storedJson } from './stored-json.ts'
import { readError } from './stored-phrases.ts'

type NewRun = Omit<RunRecord, 'status' | 'step' | 'bestValue' | 'bestStep' | 'error' | 'updatedAt'>

interface RunRow extends Omit<RunRecord, 'error'> {
  error: string | null
}

const selectRun = `
SELECT id, name, dataset, objective, device, parameter_count AS parameterCount, status, step, total_steps AS totalSteps, select_by AS selectBy,
  best_value AS bestValue, best_step AS bestStep, error, created_at AS createdAt, updated_at AS updatedAt
FROM runs`

/** Name of the lock that a process holds while it trains a run. */
export const runLock = (id: string) => `run:${id}`

function toRecord(database: ReadDatabase, row: RunRow): RunRecord {
  const dead = row.status === 'running' && lockHolder(database, runLock(row.id)) === undefined
  return {
    ...row,
    status: dead ? 'interrupted' : row.status,
    error: row.error === null ? null : storedJson(row.error, phrase`the error of run ${row.name}`, readError),
  }
}

/** Lists a new run as running. @throws WorkbenchError `conflict` when the name is taken. */
export function insertRun(database: WriteDatabase, run: NewRun): void {
  database.transaction(() => {
    if (isRunNameTaken(database, run.name)) {
      throw new WorkbenchError(
        'conflict',
        phrase`There is a run named "${run.name}" already.`,
        phrase`Choose another name, or resume that run.`,
      )
    }
    database
      .change(
        `INSERT INTO runs (id, name, dataset, objective, device, parameter_count, status, total_steps, select_by, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, 'running', ?, ?, ?, ?)`,
      )
      .run(
        run.id,
        run.name,
        run.dataset,
        run.objective,
        run.device,
        run.parameterCount,
        run.totalSteps,
        run.selectBy,
        run.createdAt,
        run.createdAt,
      )
  })
}

export function isRunNameTaken(database: ReadDatabase, name: string): boolean {
  return database.query('SELECT 1 FROM runs WHERE name = ? OR id = ?').get(name, name) !== undefined
}

/** Every run, newest first. */
export function listRuns(database: ReadDatabase): RunRecord[] {
  const rows = database.query<RunRow>(`${selectRun} ORDER BY created_at DESC, id DESC`).all()
  return rows.map((row) => toRecord(database, row))
}

/** @throws WorkbenchError `not-found` naming the runs there are. */
export function findRun(database: ReadDatabase, idOrName: string): RunRecord {
  const row = database.query<RunRow>(`${selectRun} WHERE id = ? OR name = ?`).get(idOrName, idOrName)
  if (row !== undefined) return toRecord(database, row)
  const names = database
    .query<{ name: string }>('SELECT name FROM runs ORDER BY created_at DESC LIMIT 10')
    .all()
    .map(({ name }) => name)
  throw new WorkbenchError(
    'not-found',
    phrase`There is no run "${idOrName}" in this workspace.`,
    names.length === 0 ? phrase`Train a run first.` : phrase`The latest runs: ${names}.`,
  )
}

/** The name of the run of an id; undefined where there is none. */
export function findRunName(database: ReadDatabase, id: string): string | undefined {
  return database.query<{ name: string }>('SELECT name FROM runs WHERE id = ?').get(id)?.name
}

/** The runs that were trained on a dataset, oldest first. */
export function runsOfDataset(database: ReadDatabase, dataset: string): RunRecord[] {
  const rows = database.query<RunRow>(`${selectRun} WHERE dataset = ? ORDER BY created_at, id`).all(dataset)
  return rows.map((row) => toRecord(database, row))
}

/** How many runs were trained on each dataset that has any, by its id. */
export function runCountByDataset(database: ReadDatabase): Map<string, number> {
  const rows = database
    .query<{ dataset: string; runs: number }>('SELECT dataset, count(*) AS runs FROM runs GROUP BY dataset')
    .all()
  return new Map(rows.map(({ dataset, runs }) => [dataset, runs]))
}

/** Takes a run off the list, with its history and its evaluations. The caller holds the run's lock. */
export function deleteRun(database: WriteDatabase, id: string): void {
  database.change('DELETE FROM runs WHERE id = ?').run(id)
}

/** Says that a run trains again. */
export function markRunRunning(database: WriteDatabase, id: string): void {
  database
    .change(`UPDATE runs SET status = 'running', error = NULL, updated_at = ? WHERE id = ?`)
    .run(new Date().toISOString(), id)
}

/** Says how a run's process ended. */
export function markRunEnded(database: WriteDatabase, id: string, status: RunEnd, error: ErrorDocument | null): void {
  database
    .change('UPDATE runs SET status = ?, error = ?, updated_at = ? WHERE id = ?')
    .run(status, error === null ? null : JSON.stringify(error), new Date().toISOString(), id)
}

/** A history of nothing. */
export function emptyHistory(): RunHistory {
  return { steps: [], groups: [], validations: [], headSteps: [], headValidations: [] }
}

/** Appends what was measured and how far the run is, in one transaction. A step that is there already is replaced. */
export function appendRunHistory(
  database: WriteDatabase,
  id: string,
  { step, best, rows }: { step: number; best: { value: number | null; step: number } | null; rows: RunHistory },
): void {
  database.transaction(() => {
    const insertStep = database.change('INSERT OR REPLACE INTO run_steps VALUES (?, ?, ?, ?, ?, ?)')
    for (const row of rows.steps) {
      insertStep.run(id, row.step, row.loss, row.learningRate, row.gradientNorm, row.tokensPerSecond)
    }
    const insertGroup = database.change('INSERT OR REPLACE INTO run_groups VALUES (?, ?, ?, ?, ?)')
    for (const row of rows.groups) insertGroup.run(id, row.step, row.name, row.loss, row.weight)
    const insertValidation = database.change('INSERT OR REPLACE INTO run_validations VALUES (?, ?, ?, ?, ?, ?)')
    for (const row of rows.validations) {
      insertValidation.run(id, row.step, row.nll, row.accuracy, row.macroRecall, row.targets)
    }
    const insertHeadStep = database.change('INSERT OR REPLACE INTO run_head_steps VALUES (?, ?, ?, ?)')
    for (const row of rows.headSteps) insertHeadStep.run(id, row.step, row.head, row.loss)
    const insertHeadValidation = database.change('INSERT OR REPLACE INTO run_head_validations VALUES (?, ?, ?, ?, ?)')
    for (const row of rows.headValidations) insertHeadValidation.run(id, row.step, row.head, row.nll, row.accuracy)
    database
      .change('UPDATE runs SET step = ?, best_value = ?, best_step = ?, updated_at = ? WHERE id = ?')
      .run(step, best?.value ?? null, best?.step ?? null, new Date().toISOString(), id)
  })
}

/** Forgets what was measured after `step`: a run resumed from there measures it again. */
export function truncateRunHistory(
  database: WriteDatabase,
  id: string,
  step: number,
  best: { value: number | null; step: number } | null,
): void {
  database.transaction(() => {
    for (const table of ['run_steps', 'run_groups', 'run_validations', 'run_head_steps', 'run_head_validations']) {
      database.change(`DELETE FROM ${table} WHERE run = ? AND step > ?`).run(id, step)
    }
    appendRunHistory(database, id, { step, best, rows: emptyHistory() })
  })
}

/** Everything measured so far. */
export function readRunHistory(database: ReadDatabase, id: string): RunHistory {
  return database.snapshot(() => ({
    steps: database
      .query<StepRow>(
        `SELECT step, loss, learning_rate AS learningRate, gradient_norm AS gradientNorm, tokens_per_second AS tokensPerSecond
         FROM run_steps WHERE run = ? ORDER BY step`,
      )
      .all(id),
    groups: database
      .query<GroupRow>('SELECT step, name, loss, weight FROM run_groups WHERE run = ? ORDER BY step, name')
      .all(id),
    validations: readValidations(database, id),
    headSteps: database
      .query<HeadStepRow>('SELECT step, head, loss FROM run_head_steps WHERE run = ? ORDER BY step, head')
      .all(id),
    headValidations: readHeadValidations(database, id),
  }))
}

/** The queries of a run's curves; parameters: run, first step, width. */
export const stepBucketsSql = `
SELECT min(step) AS "from", max(step) AS "to", avg(loss) AS loss, min(loss) AS lowest, max(loss) AS highest, avg(learning_rate) AS learningRate,
  avg(gradient_norm) AS gradientNorm, avg(tokens_per_second) AS tokensPerSecond
FROM run_steps WHERE run = ? AND step >= ? GROUP BY (step - 1) / CAST(? AS INTEGER) ORDER BY 1`
export const groupBucketsSql = `
SELECT max(step) AS step, name, avg(loss) AS loss, avg(weight) AS weight
FROM run_groups WHERE run = ? AND step >= ? GROUP BY (step - 1) / CAST(? AS INTEGER), name ORDER BY 1, name`
export const headBucketsSql = `
SELECT max(step) AS step, head, avg(loss) AS loss
FROM run_head_steps WHERE run = ? AND step >= ? GROUP BY (step - 1) / CAST(? AS INTEGER), head ORDER BY 1, head`

/** What was measured from the bucket of the step `since` on, with the steps 1 to `totalSteps` of the run in `points` buckets, rounded up to whole steps. */
export function readRunCurves(
  database: ReadDatabase,
  { id, totalSteps }: Pick<RunRecord, 'id' | 'totalSteps'>,
  { since, points }: { since: number; points: number },
): RunCurves {
  const width = Math.ceil(totalSteps / points)
  const first = Math.floor(Math.max(0, since - 1) / width) * width + 1
  return database.snapshot(() => ({
    width,
    steps: database.query<StepBucket>(stepBucketsSql).all(id, first, width),
    groups: database.query<GroupRow>(groupBucketsSql).all(id, first, width),
    validations: readValidations(database, id),
    headSteps: database.query<HeadStepRow>(headBucketsSql).all(id, first, width),
    headValidations: readHeadValidations(database, id),
  }))
}

function readValidations(database: ReadDatabase, id: string): ValidationRow[] {
  return database
    .query<ValidationRow>(
      `SELECT step, nll, accuracy, macro_recall AS macroRecall, targets FROM run_validations WHERE run = ? ORDER BY step`,
    )
    .all(id)
}

function readHeadValidations(database: ReadDatabase, id: string): HeadValidationRow[] {
  return database
    .query<HeadValidationRow>(
      'SELECT step, head, nll, accuracy FROM run_head_validations WHERE run = ? ORDER BY step, head',
    )
    .all(id)
}
