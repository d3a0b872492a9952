import type { HeadView } from '../../shared/heads.ts'

/**
 * What was predicted for every target of a split: all that the metrics, comparisons and reports need, and nothing as large as logits.
 * Rows are targets in ascending order of their event. N targets, V classes.
 */
export interface Predictions {
  /** V. */
  readonly classes: number
  /** Index of the user, index of the event to predict, its class (V when unseen in training), and the predicted class: [N]. */
  readonly user: Int32Array
  readonly event: Int32Array
  readonly target: Int32Array
  readonly predicted: Int32Array
}

/** Number of likeliest classes kept per target. */
export const keptClasses = 5

/** Predictions that also rank all classes and give probabilities. Rows of unseen targets hold rank 0 and NaN. */
export interface ScoredPredictions extends Predictions {
  /** 1..V, see `rankOf`: [N]. */
  readonly rank: Int32Array
  /** log p of the target in nats, and the probability of the predicted class: [N]. */
  readonly logProbability: Float32Array
  readonly confidence: Float32Array
  /** Of classes that are ordered: how many of them lie between the target and the median of the distribution: [N]. */
  readonly absoluteError?: Float32Array
}

/** What the extra heads of a model say of the targets, by view; targets that are no class of it have the class C. */
export type HeadPredictions = Partial<Record<HeadView, ScoredPredictions>>

/** Predictions of a model. */
export interface ModelPredictions extends ScoredPredictions {
  /** The likeliest classes, best first, -1 where V is smaller: [N, keptClasses]. */
  readonly top: Int32Array
  /** The same figures after the prior correction; absent when none was fitted. */
  readonly corrected?: {
    readonly predicted: Int32Array
    readonly logProbability: Float32Array
    readonly confidence: Float32Array
  }
  /** What the extra heads of the model say of the same targets; absent without them. */
  readonly heads?: HeadPredictions
}

/** True where the target's behaviour was seen in training. */
export function isSeen(predictions: Predictions, row: number): boolean {
  return predictions.target[row] < predictions.classes
}
