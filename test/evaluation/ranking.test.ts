import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rankOf, scoreTarget, topClasses } from '../../src/main/evaluation/ranking.ts'

const rows = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 12 })

describe('ranking one target', () => {
  it('gives a model that scores all classes alike no credit', () => {
    const scored = scoreTarget(new Float64Array(50), 7)
    expect(scored.rank).toBe(50)
    expect(scored.predicted).toBe(0)
    expect(scored.confidence).toBeCloseTo(1 / 50, 12)
    expect(scored.logProbability).toBeCloseTo(-Math.log(50), 12)
  })

  it('ranks by the number of classes that score at least as high', () => {
    expect(rankOf([3, 1, 2, 2], 0)).toBe(1)
    expect(rankOf([3, 1, 2, 2], 2)).toBe(3)
    expect(rankOf([3, 1, 2, 2], 1)).toBe(4)
  })

  it('has no rank and no probability for a behaviour unseen in training, but still a prediction', () => {
    const scored = scoreTarget(Float64Array.of(0, 2, 1), 3)
    expect(scored).toMatchObject({ predicted: 1, rank: 0 })
    expect(scored.logProbability).toBeNaN()
  })

  it('survives logits of any size', () => {
    const scored = scoreTarget(Float64Array.of(1e6, -1e6), 1)
    expect(scored.logProbability).toBe(-2e6)
    expect(scored.confidence).toBe(1)
  })

  it.each([[[Number.NaN, 1]], [[1, Number.NaN]], [[Number.POSITIVE_INFINITY, 1]], [[Number.NEGATIVE_INFINITY]]])(
    'refuses the scores %s of a diverged model',
    (logits) => {
      expect(() => scoreTarget(Float64Array.from(logits), 0)).toThrow(/not finite/)
    },
  )

  it('keeps the likeliest classes as sorting would', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 6 }), (logits, kept) => {
        const into = new Int32Array(kept)
        topClasses(Float64Array.from(logits), into)
        const sorted = [...logits.keys()].sort((a, b) => logits[b] - logits[a] || a - b)
        expect([...into]).toEqual(Array.from({ length: kept }, (_, index) => sorted[index] ?? -1))
      }),
    )
  })
})
