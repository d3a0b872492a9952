import assert from 'node:assert/strict'

export interface LearningRateSchedule {
  /** Highest rate. */
  learningRate: number
  /** Share of all steps during which the rate grows linearly, 0..1. */
  warmup: number
  /** Share of the highest rate at the last step, 0..1. */
  finalLearningRate: number
}

/**
 * Linear warm-up, then half a cosine: with W = round(warmup N), eta_s = eta s / W for s <= W, and
 * eta_s = eta (f + (1 - f) (1 + cos(pi (s - W) / (N - W))) / 2) after it.
 *
 * @param step s, from 1
 * @param totalSteps N
 */
export function learningRateAt(schedule: LearningRateSchedule, step: number, totalSteps: number): number {
  assert(step >= 1 && step <= totalSteps, `step ${step} of ${totalSteps}`)
  const { learningRate, warmup, finalLearningRate } = schedule
  const warmupSteps = Math.round(warmup * totalSteps)
  if (step <= warmupSteps) return (learningRate * step) / warmupSteps
  const progress = (step - warmupSteps) / (totalSteps - warmupSteps)
  return learningRate * (finalLearningRate + ((1 - finalLearningRate) * (1 + Math.cos(Math.PI * progress))) / 2)
}
