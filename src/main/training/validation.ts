import { throwIfCancelled } from '../../shared/errors.ts'
import { gapBuckets } from '../../shared/gaps.ts'
import type { Batch } from '../dataset/types.ts'
import type { Inference } from '../engine/inference.ts'
import { headsOf, type ModelConfiguration } from '../model/configuration.ts'
import type { ValidationMetrics } from './checkpoints.ts'

/** Whether a larger value of the metric is better. */
export const isHigherBetter = { nll: false, accuracy: true, macroRecall: true } as const

/** Whether a validation over these batches measures anything (see `validate`). */
export function hasTargets(batches: Iterable<Batch>): boolean {
  for (const { counted } of batches) if (counted.some((weight) => weight !== 0)) return true
  return false
}

/**
 * Mean -log p, accuracy and macro recall over the counted targets, which are those whose behaviour was seen in training. Macro recall is the mean recall of the
 * classes that have a target. 0 targets give an nll, accuracy and macro recall of 0. Extra heads are
 * measured over every target, since where and when it happens can be said of a behaviour that training never saw.
 *
 * @param onBatch called after each batch with how many are done.
 * @throws WorkbenchError `cancelled` between batches.
 */
export async function validate(
  inference: Inference,
  batches: Iterable<Batch>,
  model: Pick<ModelConfiguration, 'behaviours' | 'locations' | 'locationHead' | 'gapHead'>,
  signal: AbortSignal,
  onBatch: (batches: number) => void = () => {},
): Promise<ValidationMetrics> {
  const meter = new ValidationMeter(model.behaviours)
  const heads = headsOf(model).map((head) => {
    const ofHead = new ValidationMeter(head === 'location' ? model.locations : gapBuckets)
    return { head, meter: ofHead }
  })
  let done = 0
  for (const batch of batches) {
    throwIfCancelled(signal)
    const logits = await inference.headLogits(batch)
    meter.add(batch, logits.behaviour)
    const counted = Float32Array.from(batch.event, (event) => (event < 0 ? 0 : 1))
    for (const { head, meter } of heads) meter.add({ target: batch.heads![head], counted }, logits[head]!)
    onBatch(++done)
  }
  if (heads.length === 0) return meter.metrics()
  const ofHead = heads.map(({ head, meter }) => {
    const { nll, accuracy } = meter.metrics()
    return [head, { nll, accuracy }]
  })
  return { ...meter.metrics(), heads: Object.fromEntries(ofHead) }
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
  add({ target: targets, counted }: Pick<Batch, 'target' | 'counted'>, logits: Float32Array): void {
    for (let token = 0; token < counted.length; token++) {
      if (counted[token] === 0) continue
      const target = targets[token]
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
