import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TrainingProgress } from '../../src/main/training/progress.ts'
import { phrase } from '../../src/shared/phrase.ts'
import type { Progress } from '../../src/shared/progress.ts'

/** Seconds. */
let now = 0
let last: Progress | undefined
const metrics = { nll: 1, accuracy: 0.5, macroRecall: 0.5, targets: 10 }

beforeEach(() => {
  now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now * 1000)
})
afterEach(() => vi.restoreAllMocks())

/** Of 20 steps with a validation after every 10. */
const start = () =>
  new TrainingProgress(
    (progress) => {
      last = progress
    },
    { firstStep: 0, totalSteps: 20, validationInterval: 10 },
  )

function trainTo(progress: TrainingProgress, step: number, seconds: number): void {
  now += seconds
  progress.count(step, 100)
  progress.show(phrase`training`, step, undefined, true)
}

function validate(progress: TrainingProgress, step: number, seconds: number): void {
  progress.beginValidation(step, undefined)
  now += seconds
  progress.validated(metrics)
  progress.show(phrase`training`, step, undefined, true)
}

test('the time left is that of the steps, and of the validations as soon as it is known what one takes', () => {
  const progress = start()
  trainTo(progress, 5, 5)
  expect(last!.secondsLeft).toBe(15)
  trainTo(progress, 10, 5)
  validate(progress, 10, 60)
  // 10 steps, and the validation after the last.
  expect(last!.secondsLeft).toBe(10 + 60)
  trainTo(progress, 15, 5)
  expect(last!.secondsLeft).toBe(5 + 60)
})

test('while it validates after the last step it says so, and for how long yet', () => {
  const progress = start()
  trainTo(progress, 10, 10)
  validate(progress, 10, 60)
  trainTo(progress, 20, 10)
  progress.beginValidation(20, undefined)
  expect(last).toMatchObject({ stage: phrase`validating`, done: 20, total: 20, secondsLeft: 60 })
  now += 30
  progress.continueValidation(0.25, 20, undefined)
  // A quarter took 30 seconds: this one takes longer than the one before.
  expect(last!.secondsLeft).toBe(90)
  now += 90
  progress.validated(metrics)
  progress.show(phrase`training`, 20, undefined, true)
  expect(last!.secondsLeft).toBe(0)
})

test('of the only validation nothing is said before it has shown how fast it is', () => {
  const progress = start()
  trainTo(progress, 20, 20)
  progress.beginValidation(20, undefined)
  expect(last!.secondsLeft).toBeUndefined()
  now += 10
  progress.continueValidation(0.5, 20, undefined)
  expect(last!.secondsLeft).toBe(10)
})
