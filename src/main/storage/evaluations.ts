import { WorkbenchError } from '../../shared/errors.ts'
import {
  type EvaluationEntry,
  type EvaluationResult,
  type EvaluationSummary,
  evaluationResult,
  type Interval,
  overviewFigures,
} from '../../shared/evaluation.ts'
import { phrase } from '../../shared/phrase.ts'
import type { ReadDatabase, WriteDatabase } from './database.ts'

/** What tells the evaluations of one run apart. */
export type EvaluationKey = Pick<EvaluationResult, 'split' | 'checkpoint' | 'rule' | 'adjustment'>

/** Stores a result; an earlier one of the same run and key gives way. */
export function saveEvaluation(database: WriteDatabase, result: EvaluationResult): void {
  database
    .change(
      `INSERT INTO evaluations (run, split, checkpoint, rule, adjustment, created_at, result) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET created_at = excluded.created_at, result = excluded.result`,
    )
    .run(
      result.run.id,
      result.split,
      result.checkpoint,
      result.rule,
      result.adjustment,
      result.createdAt,
      JSON.stringify(result),
    )
}

/** The stored result of a run, or undefined when it was not evaluated so. */
export function findEvaluation(database: ReadDatabase, run: string, key: EvaluationKey): EvaluationResult | undefined {
  const row = database
    .query<{ result: string }>(
      'SELECT result FROM evaluations WHERE run = ? AND split = ? AND checkpoint = ? AND rule = ? AND adjustment = ?',
    )
    .get(run, key.split, key.checkpoint, key.rule, key.adjustment)
  return row === undefined ? undefined : parse(run, row.result)
}

/** Of which checkpoint an evaluation is, which tells whether the run still has it. */
export type EvaluatedCheckpoint = Pick<EvaluationResult, 'checkpoint' | 'checkpointStep' | 'createdAt'>

type Stored<Shown> = Omit<Shown, 'isStale'> & EvaluatedCheckpoint

/** The columns of `EvaluatedCheckpoint` and the resamples, which both lists tell. */
const checkpointColumns = `evaluations.checkpoint, result ->> '$.checkpointStep' AS checkpointStep, evaluations.created_at AS createdAt,
  result -> '$.bootstrap' AS bootstrap`

interface CheckpointColumns {
  checkpoint: EvaluationResult['checkpoint']
  checkpointStep: number | null
  createdAt: string
  /** JSON. */
  bootstrap: string
}

const readCheckpoint = ({ checkpointStep, bootstrap, ...columns }: CheckpointColumns) => ({
  ...columns,
  checkpointStep: checkpointStep ?? undefined,
  bootstrap: JSON.parse(bootstrap) as EvaluationResult['bootstrap'],
})

/** What tells a run's evaluations apart, newest first. */
export function evaluationEntries(database: ReadDatabase, run: string): Stored<EvaluationEntry>[] {
  return database
    .query<CheckpointColumns & Pick<EvaluationEntry, 'split' | 'rule' | 'adjustment' | 'targets'>>(
      `SELECT split, rule, adjustment, result ->> '$.targets' AS targets, ${checkpointColumns}
       FROM evaluations WHERE run = ? ORDER BY created_at DESC, split, checkpoint, rule, adjustment`,
    )
    .all(run)
    .map(({ split, rule, adjustment, targets, ...columns }) => ({
      split,
      rule,
      adjustment,
      targets,
      ...readCheckpoint(columns),
    }))
}

/** Intervals stand under the whole path of their figure as one name. */
const overviewPaths = overviewFigures.flatMap((figure) => [
  `'$.${figure.includes('@') ? `"${figure}"` : figure}'`,
  `'$.intervals."${figure}"'`,
])

/** Parameters: split, rule. */
export const evaluationSummariesSql = `
SELECT runs.id AS run, ${checkpointColumns}, result ->> '$.targets' AS targets, json_extract(result, ${overviewPaths.join(', ')}) AS figures
FROM runs CROSS JOIN evaluations ON evaluations.run = runs.id AND split = ? AND checkpoint = 'best' AND rule = ? AND adjustment = 0`

/** Some figures of every run that was evaluated so (at its best checkpoint, without adjustment), by run id. */
export function evaluationSummaries(
  database: ReadDatabase,
  { split, rule }: Pick<EvaluationResult, 'split' | 'rule'>,
): Map<string, Stored<EvaluationSummary>> {
  const rows = database
    .query<CheckpointColumns & { run: string; targets: number; figures: string }>(evaluationSummariesSql)
    .all(split, rule)
  return new Map(
    rows.map(({ run, targets, figures, ...columns }) => [
      run,
      { targets, ...readCheckpoint(columns), ...unpack(figures) },
    ]),
  )
}

function unpack(text: string): Pick<EvaluationSummary, 'figures' | 'intervals'> {
  const values = JSON.parse(text) as (number | Interval | null)[]
  const figures: Partial<EvaluationSummary['figures']> = {}
  const intervals: EvaluationSummary['intervals'] = {}
  for (const [index, figure] of overviewFigures.entries()) {
    figures[figure] = values[2 * index] as number | null
    const interval = values[2 * index + 1] as Interval | null
    if (interval !== null) intervals[figure] = interval
  }
  return { figures: figures as EvaluationSummary['figures'], intervals }
}

/** All results of a run, or of every run, newest first. */
export function listEvaluations(database: ReadDatabase, run?: string): EvaluationResult[] {
  const rows = database
    .query<{ run: string; result: string }>(
      'SELECT run, result FROM evaluations WHERE ? IS NULL OR run = ? ORDER BY created_at DESC, run',
    )
    .all(run ?? null, run ?? null)
  return rows.map((row) => parse(row.run, row.result))
}

function parse(run: string, text: string): EvaluationResult {
  try {
    return evaluationResult.parse(JSON.parse(text))
  } catch (error) {
    throw new WorkbenchError(
      'corrupt',
      phrase`A stored evaluation of run ${run} cannot be read.`,
      phrase`Evaluate the run again.`,
      { cause: error },
    )
  }
}
