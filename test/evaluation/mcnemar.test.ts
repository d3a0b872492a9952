import { describe, expect, it } from 'vitest'
import { binomialTest, mcnemar } from '../../src/main/evaluation/mcnemar.ts'

/** Pascal's triangle, in exact integers. */
function naiveBinomialTest(a: number, b: number): number {
  let row = [1n]
  for (let n = 1; n <= a + b; n += 1) row = [1n, ...row.slice(1).map((value, index) => value + row[index]), 1n]
  const tail = row.slice(0, Math.min(a, b) + 1).reduce((sum, value) => sum + value, 0n)
  const total = 1n << BigInt(a + b)
  return Math.min(1, Number((2n * tail * 10n ** 18n) / total) / 1e18)
}

describe('McNemar', () => {
  it('is the exact binomial test', () => {
    for (const [a, b] of [
      [0, 0],
      [0, 1],
      [3, 3],
      [5, 15],
      [15, 5],
      [40, 60],
      [100, 160],
    ]) {
      expect(binomialTest(a, b)).toBeCloseTo(naiveBinomialTest(a, b), 12)
    }
  })

  it('stays exact for large counts', () => {
    // Normal approximation with continuity correction: z = 199 / sqrt(10000) = 1.99, p = 0.0466.
    expect(binomialTest(4900, 5100)).toBeCloseTo(0.0466, 4)
    expect(binomialTest(0, 100_000)).toBe(0)
  })

  it('counts the targets that only one of the two runs got right, and leaves unseen behaviours out', () => {
    const columns = {
      classes: 2,
      user: new Int32Array(6),
      event: Int32Array.of(0, 1, 2, 3, 4, 5),
      target: Int32Array.of(0, 0, 1, 1, 1, 2),
    }
    const reference = { ...columns, predicted: Int32Array.of(0, 0, 1, 0, 0, 0) }
    const run = { ...columns, predicted: Int32Array.of(0, 1, 0, 1, 0, 1) }
    expect(mcnemar(reference, run)).toEqual({ onlyReference: 2, onlyRun: 1, p: 1 })
  })
})
