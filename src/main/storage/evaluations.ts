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

/** What tells a run's evaluations apart, newest first. */
export function evaluationEntries(database: ReadDatabase, run: string): EvaluationEntry[] {
  return database
    .query<EvaluationEntry>(
      `SELECT split, checkpoint, rule, adjustment, created_at AS createdAt, result ->> '$.targets' AS targets
       FROM evaluations WHERE run = ? ORDER BY created_at DESC, split, checkpoint, rule, adjustment`,
    )
    .all(run)
}

/** Intervals stand under the whole path of their figure as one name. */
const overviewPaths = overviewFigures.flatMap((figure) => [
  `'$.${figure.includes('@') ? `"${figure}"` : figure}'`,
  `'$.intervals."${figure}"'`,
])

/** Parameters: split, rule. */
export const evaluationSummariesSql = `
SELECT runs.id AS run, evaluations.created_at AS createdAt, result ->> '$.targets' AS targets, json_extract(result, ${overviewPaths.join(', ')}) AS figures
FROM runs CROSS JOIN evaluations ON evaluations.run = runs.id AND split = ? AND checkpoint = 'best' AND rule = ? AND adjustment = 0`

/** Some figures of every run that was evaluated so (at its best checkpoint, without adjustment), by run id. */
export function evaluationSummaries(
  database: ReadDatabase,
  { split, rule }: Pick<EvaluationResult, 'split' | 'rule'>,
): Map<string, EvaluationSummary> {
  const rows = database
    .query<{ run: string; createdAt: string; targets: number; figures: string }>(evaluationSummariesSql)
    .all(split, rule)
  return new Map(rows.map(({ run, createdAt, targets, figures }) => [run, { createdAt, targets, ...unpack(figures) }]))
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
