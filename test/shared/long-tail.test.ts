import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { groupRules } from '../../src/shared/configuration.ts'
import { giniCoefficient, groupClasses, rankClasses, topShare } from '../../src/shared/long-tail.ts'

const groups = (counts: number[], rule: (typeof groupRules)[number]) => [...groupClasses(counts, rule)].join('')

describe('head, middle and tail', () => {
  test('share: the class that crosses 50 % is head, the one that crosses 90 % is middle', () => {
    expect(groups([40, 30, 15, 10, 5], 'share')).toBe('00112')
  })

  test('share: a class that begins exactly at a limit belongs behind it', () => {
    expect(groups([50, 40, 10], 'share')).toBe('012')
  })

  test('percent: one and one tenth percent of the events', () => {
    expect(groups([9890, 100, 9, 1], 'percent')).toBe('0022')
    expect(groups([9880, 100, 10, 10], 'percent')).toBe('0011')
  })

  test('terciles: a third of the classes each, in order of frequency and not of id', () => {
    expect(groups([1, 2, 3, 4, 5, 6], 'terciles')).toBe('221100')
  })

  test('pareto: a fifth of the classes, rounded up, and no middle', () => {
    expect(groups([9, 8, 7, 6, 5, 4], 'pareto')).toBe('002222')
  })

  test('equally frequent classes rank by id', () => {
    expect(rankClasses([5, 7, 5, 7])).toEqual([1, 3, 0, 2])
  })

  test('a class without events is tail, whatever its rank', () => {
    for (const rule of ['share', 'percent', 'pareto'] as const) expect(groups([10, 0], rule)).toBe('02')
  })

  test('a more frequent class is never in a later group', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 40 }),
        fc.constantFrom(...groupRules),
        (counts, rule) => {
          const codes = groupClasses(counts, rule)
          const ranked = rankClasses(counts).map((id) => codes[id])
          expect(ranked).toEqual([...ranked].sort())
        },
      ),
    )
  })
})

describe('inequality', () => {
  test('Gini equals half the mean absolute difference over the mean', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 30 }), (counts) => {
        const n = counts.length
        const mean = counts.reduce((sum, count) => sum + count, 0) / n
        const differences = counts
          .flatMap((a) => counts.map((b) => Math.abs(a - b)))
          .reduce((sum, value) => sum + value, 0)
        expect(giniCoefficient(counts)).toBeCloseTo(differences / (2 * n * n * mean), 10)
      }),
    )
  })

  test('nothing has no inequality', () => {
    expect(giniCoefficient([])).toBe(0)
    expect(topShare([])).toBe(0)
  })

  test('the top fifth is rounded up to whole classes', () => {
    expect(topShare([1, 9, 5, 3, 2, 0])).toBeCloseTo(14 / 20)
  })
})
