import { WorkbenchError } from '../../shared/errors.ts'
import { type Phrase, phrase } from '../../shared/phrase.ts'
import type { Batch } from '../dataset/types.ts'
import type { Objective } from '../model/objectives/objective.ts'

export interface StepOutcome {
  step: number
  loss: number
  gradientNorm: number
  learningRate: number
  /** The batches of the step, with each one's token losses. */
  batches: readonly { batch: Batch; tokenLoss: Float32Array }[]
}

/**
 * Throws `diverged` when the loss or the gradient left the finite numbers, saying where it was seen first and what is likely to blame. Parameters after such a step are
 * lost; the last checkpoint is from before it.
 *
 * @param behaviours names by class id
 * @param lastGoodStep step of the checkpoint `last`
 */
export function refuseDivergence(
  outcome: StepOutcome,
  objective: Objective,
  behaviours: readonly string[],
  lastGoodStep: number,
): void {
  const { step, loss, gradientNorm, learningRate } = outcome
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return
  const seen = Number.isFinite(loss)
    ? phrase`the gradient norm is ${String(gradientNorm)} while the loss is still ${loss.toPrecision(4)}`
    : phrase`the loss is ${String(loss)}`
  throw new WorkbenchError(
    'diverged',
    phrase`Training diverged at step ${step}: ${seen}. ${likelyCause(outcome, objective, behaviours)} The checkpoint "last" of step ${lastGoodStep} is intact.`,
    phrase`Train again with a lower learning rate (${learningRate.toPrecision(2)} at this step), a longer warm-up or a smaller gradient clip.`,
  )
}

function likelyCause(outcome: StepOutcome, objective: Objective, behaviours: readonly string[]): Phrase {
  const { batches, learningRate } = outcome
  let worst = { loss: Number.NEGATIVE_INFINITY, target: -1 }
  for (const { batch, tokenLoss } of batches) {
    for (let token = 0; token < tokenLoss.length; token++) {
      if (batch.counted[token] === 0) continue
      if (!Number.isFinite(tokenLoss[token])) {
        return allNonFinite(batches)
          ? phrase`Every token's loss is not finite: the step before it broke the parameters, most likely a learning rate that is too high (${learningRate.toPrecision(2)}).`
          : phrase`The first such loss is of the behaviour "${behaviours[batch.target[token]]}" (weight ${weightOf(objective, batch.target[token])}).`
      }
      if (tokenLoss[token] > worst.loss) worst = { loss: tokenLoss[token], target: batch.target[token] }
    }
  }
  if (worst.target < 0) return phrase`The batch has no token to train on.`
  return phrase`The largest token loss is ${worst.loss.toPrecision(4)}, of the behaviour "${behaviours[worst.target]}" (weight ${weightOf(objective, worst.target)}).`
}

function allNonFinite(batches: StepOutcome['batches']): boolean {
  return batches.every(({ batch, tokenLoss }) =>
    tokenLoss.every((loss, token) => batch.counted[token] === 0 || !Number.isFinite(loss)),
  )
}

function weightOf(objective: Objective, target: number): string {
  return objective.classWeights[target].toPrecision(3)
}
