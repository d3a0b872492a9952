import fc from 'fast-check'
import { expect, test } from 'vitest'
import { topBehaviours } from '../../src/main/prediction/top-behaviours.ts'

const logits = fc
  .array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.float({ min: -90, max: 90, noNaN: true })), {
    minLength: 1,
    maxLength: 60,
  })
  .map((values) => Float32Array.from(values))

test('the list is the start of a full sort, ties by class id', () => {
  fc.assert(
    fc.property(logits, fc.integer({ min: 1, max: 70 }), (values, count) => {
      const sorted = [...values.keys()].sort((left, right) => values[right] - values[left] || left - right)
      expect(topBehaviours(values, count).classes).toEqual(sorted.slice(0, count))
    }),
  )
})

test('listed and remaining probabilities are a distribution, in descending order', () => {
  fc.assert(
    fc.property(logits, fc.integer({ min: 1, max: 70 }), (values, count) => {
      const { probabilities, remaining } = topBehaviours(values, count)
      expect(probabilities.reduce((sum, probability) => sum + probability, remaining)).toBeCloseTo(1, 12)
      expect(probabilities).toEqual([...probabilities].sort((left, right) => right - left))
      expect(remaining).toBeGreaterThanOrEqual(0)
      if (count >= values.length) expect(remaining).toBe(0)
    }),
  )
})

test('logits far beyond the range of exp still give probabilities', () => {
  const { probabilities, remaining } = topBehaviours(Float32Array.of(5000, 5000, -5000), 2)
  expect(probabilities).toEqual([0.5, 0.5])
  expect(remaining).toBe(0)
})
