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

/** Predictions that also rank all classes. */
export interface RankedPredictions extends Predictions {
  /** 1..V, of a model see `rankOf`; 0 of unseen targets: [N]. */
  readonly rank: Int32Array
}

/** Predictions that also give probabilities. Rows of unseen targets hold NaN. */
export interface ScoredPredictions extends RankedPredictions {
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

/** Whether predictions rank all classes. */
export function isRanked(predictions: Predictions): predictions is RankedPredictions {
  return 'rank' in predictions
}

/** Whether predictions hold probabilities too. */
export function isScored(predictions: Predictions): predictions is ScoredPredictions {
  return 'logProbability' in predictions
}

/** True where the target's behaviour was seen in training. */
export function isSeen(predictions: Predictions, row: number): boolean {
  return predictions.target[row] < predictions.classes
}
