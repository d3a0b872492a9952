import { strict as assert } from 'node:assert'
import { type ErrorDocument, WorkbenchError } from '../../shared/errors.ts'
import type { JobEnd, JobRecord, JobWithResult } from '../../shared/jobs.ts'
import { atTerminal, type Phrase, phrase } from '../../shared/phrase.ts'
import type { Progress } from '../../shared/progress.ts'
import type { ReadDatabase, WriteDatabase } from './database.ts'
import { isRunning, thisProcess } from './processes.ts'
import { storedJson } from './stored-json.ts'
import { readError, readProgress, readWarnings } from './stored-phrases.ts'

interface JobRow {
  id: number
  kind: string
  input: string
  state: 'queued' | 'running' | JobEnd
  pid: number
  process_started: string
  progress: string | null
  warnings: string
  error: string | null
  started_at: string
  updated_at: string
  finished_at: string | null
}

/** Everything but the result, which can be large. */
const columns =
  'id, kind, input, state, pid, process_started, progress, warnings, error, started_at, updated_at, finished_at'

/** Ended jobs beyond this number are forgotten, oldest first. */
const keptJobs = 1000

/** Lists a job of this process as running, or as waiting for its turn; returns its number. */
export function insertJob(
  database: WriteDatabase,
  kind: string,
  input: unknown,
  state: 'running' | 'queued' = 'running',
): number {
  const { pid, started } = thisProcess()
  const now = new Date().toISOString()
  return database.transaction(() => {
    const { lastInsertRowid } = database
      .change(
        `INSERT INTO jobs (kind, input, state, pid, process_started, started_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(kind, JSON.stringify(input), state, pid, started, now, now)
    database
      .change(`DELETE FROM jobs WHERE id <= ? AND state NOT IN ('running', 'queued')`)
      .run(lastInsertRowid - keptJobs)
    return lastInsertRowid
  })
}

/**
 * Makes this process the one that does a queued job.
 * @returns false when it is not queued any more: cancelled, or taken by another process.
 */
export function adoptJob(database: WriteDatabase, id: number): boolean {
  const { pid, started } = thisProcess()
  const now = new Date().toISOString()
  const { changes } = database
    .change(
      `UPDATE jobs SET state = 'running', pid = ?, process_started = ?, started_at = ?, updated_at = ? WHERE id = ? AND state = 'queued'`,
    )
    .run(pid, started, now, now, id)
  return changes === 1
}

/** Takes a job out of the queue; false when it is not queued any more. */
export function cancelQueuedJob(database: WriteDatabase, id: number): boolean {
  const now = new Date().toISOString()
  const { changes } = database
    .change(`UPDATE jobs SET state = 'cancelled', updated_at = ?, finished_at = ? WHERE id = ? AND state = 'queued'`)
    .run(now, now, id)
  return changes === 1
}

/** The queued jobs in the order of their turn. */
export function listQueuedJobs(database: ReadDatabase): JobRecord[] {
  return database.query<JobRow>(`SELECT ${columns} FROM jobs WHERE state = 'queued' ORDER BY id`).all().map(toRecord)
}

/** The jobs that changed after a time (ISO-8601, UTC), oldest first. */
export function listJobsChangedSince(database: ReadDatabase, time: string): JobRecord[] {
  return database.query<JobRow>(`SELECT ${columns} FROM jobs WHERE updated_at >= ? ORDER BY id`).all(time).map(toRecord)
}

export function updateJobProgress(database: WriteDatabase, id: number, progress: Progress): void {
  database
    .change('UPDATE jobs SET progress = ?, updated_at = ? WHERE id = ?')
    .run(JSON.stringify(progress), new Date().toISOString(), id)
}

export function addJobWarning(database: WriteDatabase, id: number, message: Phrase): void {
  database
    .change(`UPDATE jobs SET warnings = json_insert(warnings, '$[#]', json(?)), updated_at = ? WHERE id = ?`)
    .run(JSON.stringify(message), new Date().toISOString(), id)
}

/** How a job ended, with its error or what it gave back. */
export function finishJob(
  database: WriteDatabase,
  id: number,
  end: JobEnd,
  { error, result }: { error?: ErrorDocument; result?: unknown } = {},
): void {
  const now = new Date().toISOString()
  const { changes } = database
    .change('UPDATE jobs SET state = ?, error = ?, result = ?, updated_at = ?, finished_at = ? WHERE id = ?')
    .run(end, asJson(error), asJson(result), now, now, id)
  assert(changes === 1, `job ${id} is not listed`)
}

/** Keeps why a job is being interrupted. It stays listed as running, by a process that will be gone. */
export function interruptJob(database: WriteDatabase, id: number, reason: ErrorDocument): void {
  database
    .change('UPDATE jobs SET error = ?, updated_at = ? WHERE id = ?')
    .run(asJson(reason), new Date().toISOString(), id)
}

/** The newest jobs first. */
export function listJobs(database: ReadDatabase, limit = 50): JobRecord[] {
  return database.query<JobRow>(`SELECT ${columns} FROM jobs ORDER BY id DESC LIMIT ?`).all(limit).map(toRecord)
}

/** The jobs that a living process works on. */
export function listRunningJobs(database: ReadDatabase): JobRecord[] {
  const rows = database.query<JobRow>(`SELECT ${columns} FROM jobs WHERE state = 'running'`).all()
  return rows.map(toRecord).filter(({ state }) => state === 'running')
}

/** @throws WorkbenchError `not-found`. */
export function findJob(database: ReadDatabase, id: number): JobWithResult {
  const row = database
    .query<JobRow & { result: string | null }>(`SELECT ${columns}, result FROM jobs WHERE id = ?`)
    .get(id)
  if (row === undefined) {
    throw new WorkbenchError(
      'not-found',
      phrase`There is no job ${String(id)} in this workspace.`,
      phrase`The list of jobs${atTerminal('behavegpt jobs')} shows those that there are.`,
    )
  }
  const result = row.result === null ? null : storedJson<unknown>(row.result, phrase`the result of job ${String(id)}`)
  return { ...toRecord(row), result }
}

/** The training that a run came of, by the run's id; undefined where it is not listed. */
export function findTrainingOf(database: ReadDatabase, run: string): JobRecord | undefined {
  // Other trainings of that name are of a run that was removed since, or were refused because the name was taken.
  const row = database
    .query<JobRow>(
      `SELECT ${columns} FROM jobs
       WHERE kind = 'train' AND json_extract(input, '$.name') = (SELECT name FROM runs WHERE id = ?)
         AND started_at <= (SELECT created_at FROM runs WHERE id = ?)
       ORDER BY id DESC LIMIT 1`,
    )
    .get(run, run)
  return row && toRecord(row)
}

const asJson = (value: unknown) => (value === undefined ? null : JSON.stringify(value))

const columnWords = {
  input: phrase`input`,
  progress: phrase`progress`,
  warnings: phrase`warnings`,
  error: phrase`error`,
}

function toRecord(row: JobRow): JobRecord {
  const read = <Value>(column: keyof typeof columnWords, parse?: (value: unknown) => Value) =>
    storedJson<Value>(row[column] ?? 'null', phrase`the ${columnWords[column]} of job ${String(row.id)}`, parse)
  const alive = isRunning({ pid: row.pid, started: row.process_started })
  return {
    id: row.id,
    kind: row.kind,
    input: read('input'),
    state: row.state === 'running' && !alive ? 'interrupted' : row.state,
    pid: row.pid,
    progress: read('progress', readProgress),
    warnings: read('warnings', readWarnings),
    error: read('error', readError),
    startedAt: row.started_at,
    updatedAt: row.updated_at,
    finishedAt: row.finished_at,
  }
}
