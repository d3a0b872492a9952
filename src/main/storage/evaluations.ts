import { WorkbenchError } from '../../shared/errors.ts'
import { type EvaluationResult, evaluationResult } from '../../shared/evaluation.ts'
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
      `A stored evaluation of run ${run} cannot be read.`,
      'Evaluate the run again.',
      { cause: error },
    )
  }
}
