import { throwIfCancelled } from '../../shared/errors.ts'
import type { Batch } from '../dataset/types.ts'
import type { Inference } from '../engine/inference.ts'
import type { ValidationMetrics } from './checkpoints.ts'

/** Whether a larger value of the metric is better. */
export const isHigherBetter = { nll: false, accuracy: true, macroRecall: true } as const

/**
 * Mean -log p, accuracy and macro recall over the counted targets, which are those whose behaviour was seen in training. Macro recall is the mean recall of the
 * classes that have a target. 0 targets give an nll, accuracy and macro recall of 0.
 *
 * @throws WorkbenchError `cancelled` between batches.
 */
export async function validate(
  inference: Inference,
  batches: Iterable<Batch>,
  classes: number,
  signal: AbortSignal,
): Promise<ValidationMetrics> {
  const meter = new ValidationMeter(classes)
  for (const batch of batches) {
    throwIfCancelled(signal)
    meter.add(batch, await inference.logits(batch))
  }
  return meter.metrics()
}

/** Sums over targets, batch after batch. */
export class ValidationMeter {
  readonly #classes: number
  readonly #support: Float64Array
  readonly #hits: Float64Array
  #negativeLogLikelihood = 0

  constructor(classes: number) {
    this.#classes = classes
    this.#support = new Float64Array(classes)
    this.#hits = new Float64Array(classes)
  }

  /** @param logits [B, I, V] */
  add(batch: Batch, logits: Float32Array): void {
    for (let token = 0; token < batch.counted.length; token++) {
      if (batch.counted[token] === 0) continue
      const target = batch.target[token]
      const { logProbability, predicted } = scoreRow(logits, token * this.#classes, this.#classes, target)
      this.#negativeLogLikelihood -= logProbability
      this.#support[target]++
      if (predicted === target) this.#hits[target]++
    }
  }

  metrics(): ValidationMetrics {
    let targets = 0
    let hits = 0
    let recalls = 0
    let supported = 0
    for (let c = 0; c < this.#classes; c++) {
      if (this.#support[c] === 0) continue
      targets += this.#support[c]
      hits += this.#hits[c]
      recalls += this.#hits[c] / this.#support[c]
      supported++
    }
    return {
      nll: this.#negativeLogLikelihood / Math.max(1, targets),
      accuracy: hits / Math.max(1, targets),
      macroRecall: recalls / Math.max(1, supported),
      targets,
    }
  }
}

/** Log softmax of the target, and the class with the largest logit (of equal ones the lowest id), of one row of logits. */
function scoreRow(logits: Float32Array, offset: number, classes: number, target: number) {
  let predicted = 0
  for (let c = 1; c < classes; c++) if (logits[offset + c] > logits[offset + predicted]) predicted = c
  const largest = logits[offset + predicted]
  let total = 0
  for (let c = 0; c < classes; c++) total += Math.exp(logits[offset + c] - largest)
  return { logProbability: logits[offset + target] - largest - Math.log(total), predicted }
}
