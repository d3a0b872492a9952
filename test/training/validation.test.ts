import { expect, test } from 'vitest'
import type { Batch } from '../../src/main/dataset/types.ts'
import { ValidationMeter } from '../../src/main/training/validation.ts'

function batch(target: number[], counted: number[]): Batch {
  const empty = new Int32Array(target.length)
  return {
    size: 1,
    length: target.length,
    behaviour: empty,
    location: empty,
    weekday: empty,
    slot: empty,
    targetWeekday: empty,
    targetSlot: empty,
    target: Int32Array.from(target),
    counted: Float32Array.from(counted),
    priorCounts: new Float32Array(3),
    user: Int32Array.of(0),
    event: empty,
  }
}

test('nll, accuracy and macro recall over the counted targets; classes without a target are left out of the mean', () => {
  const meter = new ValidationMeter(3)
  // Predictions: 1, 0, 0, 2; the last position does not count.
  meter.add(batch([1, 0, 1, 0], [1, 1, 1, 0]), Float32Array.of(0, 2, 0, 3, 0, 0, 1, 0, 0, 0, 0, 9))
  const probability = (logit: number, ...others: number[]) =>
    Math.exp(logit) / others.reduce((sum, other) => sum + Math.exp(other), Math.exp(logit))
  const nll = -(Math.log(probability(2, 0, 0)) + Math.log(probability(3, 0, 0)) + Math.log(probability(0, 1, 0))) / 3
  const metrics = meter.metrics()
  expect(metrics.nll).toBeCloseTo(nll, 6)
  expect(metrics.accuracy).toBeCloseTo(2 / 3, 12)
  expect(metrics.macroRecall).toBeCloseTo((1 + 0.5) / 2, 12)
  expect(metrics.targets).toBe(3)
})

test('a period without targets gives zeros, not NaN', () => {
  expect(new ValidationMeter(3).metrics()).toEqual({ nll: 0, accuracy: 0, macroRecall: 0, targets: 0 })
})
