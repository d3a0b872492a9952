import fc from 'fast-check'
import { expect, test } from 'vitest'
import { targetStatistics } from '../../src/main/model/target-statistics.ts'

const row = fc.array(fc.oneof(fc.integer({ min: -2, max: 2 }), fc.double({ min: -30, max: 30, noNaN: true })), {
  minLength: 1,
  maxLength: 12,
})

test('log-probability, rank and prediction are those of a sorted softmax', () => {
  fc.assert(
    fc.property(row, fc.nat(), fc.nat({ max: 3 }), (values, choice, offset) => {
      const logits = Float32Array.from([...new Array<number>(offset).fill(99), ...values])
      const row = [...logits.subarray(offset)]
      const target = choice % row.length
      const { logProbability, rank, predicted } = targetStatistics(logits, offset, row.length, target)
      const total = row.reduce((sum, logit) => sum + Math.exp(logit), 0)
      expect(logProbability).toBeCloseTo(Math.log(Math.exp(row[target]) / total), 6)
      // A stable sort: where logits tie, the lower class id comes first.
      const order = row.map((_, c) => c).sort((a, b) => row[b] - row[a])
      expect(order.indexOf(target) + 1).toBe(rank)
      expect(order[0]).toBe(predicted)
    }),
  )
})

test('large logits neither overflow nor vanish', () => {
  const { logProbability } = targetStatistics(Float32Array.of(1e30, 1e30, -1e30), 0, 3, 1)
  expect(logProbability).toBeCloseTo(-Math.log(2), 12)
})

test('a behaviour unseen in training ranks behind every class', () => {
  expect(targetStatistics(Float32Array.of(1, 2), 0, 2, 2)).toEqual({
    logProbability: Number.NEGATIVE_INFINITY,
    rank: 3,
    predicted: 1,
  })
})
