import * as fc from 'fast-check'
import type { ModelPredictions } from '../../src/main/evaluation/predictions.ts'
import { keptClasses } from '../../src/main/evaluation/predictions.ts'
import { scoreTarget, topClasses } from '../../src/main/evaluation/ranking.ts'

/** A small world of logits: every row is one target. Few distinct values, so that ties are common. */
export interface LogitWorld {
  classes: number
  groups: Uint8Array
  rows: { user: number; target: number; logits: number[] }[]
}

export const logitWorld: fc.Arbitrary<LogitWorld> = fc.integer({ min: 1, max: 7 }).chain((classes) =>
  fc.record({
    classes: fc.constant(classes),
    groups: fc.uint8Array({ minLength: classes, maxLength: classes, min: 0, max: 2 }),
    rows: fc
      .array(
        fc.record({
          user: fc.integer({ min: 0, max: 5 }),
          target: fc.integer({ min: 0, max: classes }),
          logits: fc.array(
            fc.integer({ min: -6, max: 6 }).map((value) => value / 2),
            {
              minLength: classes,
              maxLength: classes,
            },
          ),
        }),
        { minLength: 1, maxLength: 40 },
      )
      .filter((rows) => rows.some((row) => row.target < classes)),
  }),
)

/** The world's predictions as the evaluation would store them; event ids are row numbers. */
export function predictionsOf(world: LogitWorld): ModelPredictions {
  const rows = world.rows
  const scored = rows.map((row) => scoreTarget(Float64Array.from(row.logits), row.target))
  const top = new Int32Array(rows.length * keptClasses)
  for (const [index, row] of rows.entries()) {
    topClasses(Float64Array.from(row.logits), top.subarray(index * keptClasses, (index + 1) * keptClasses))
  }
  return {
    classes: world.classes,
    user: Int32Array.from(rows, (row) => row.user),
    event: Int32Array.from(rows.keys()),
    target: Int32Array.from(rows, (row) => row.target),
    predicted: Int32Array.from(scored, (score) => score.predicted),
    rank: Int32Array.from(scored, (score) => score.rank),
    logProbability: Float32Array.from(scored, (score) => score.logProbability),
    confidence: Float32Array.from(scored, (score) => score.confidence),
    top,
  }
}

export function softmax(logits: readonly number[]): number[] {
  const exponentials = logits.map(Math.exp)
  const sum = exponentials.reduce((total, value) => total + value, 0)
  return exponentials.map((value) => value / sum)
}

export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length
}
