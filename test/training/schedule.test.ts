import { expect, test } from 'vitest'
import { learningRateAt } from '../../src/main/training/schedule.ts'

const schedule = { learningRate: 0.1, warmup: 0.1, finalLearningRate: 0.2 }

test('grows linearly during warm-up, then follows half a cosine down to its final share', () => {
  expect(learningRateAt(schedule, 1, 100)).toBeCloseTo(0.01, 12)
  expect(learningRateAt(schedule, 10, 100)).toBeCloseTo(0.1, 12)
  expect(learningRateAt(schedule, 55, 100)).toBeCloseTo(0.1 * 0.6, 12)
  expect(learningRateAt(schedule, 100, 100)).toBeCloseTo(0.02, 12)
})

test('is positive and finite for every step of runs of any length, without warm-up and with nothing else', () => {
  for (const warmup of [0, 0.05, 1]) {
    for (const total of [1, 2, 3, 17]) {
      for (let step = 1; step <= total; step++) {
        const rate = learningRateAt({ ...schedule, warmup }, step, total)
        expect(rate).toBeGreaterThan(0)
        expect(rate).toBeLessThan(0.1 + 1e-12)
      }
    }
  }
})
