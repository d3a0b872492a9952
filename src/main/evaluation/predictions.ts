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

/** Predictions of a model, which also ranks all classes and gives probabilities. Rows of unseen targets hold rank 0 and NaN. */
export interface ModelPredictions extends Predictions {
  /** 1..V, see `rankOf`: [N]. */
  readonly rank: Int32Array
  /** log p of the target in nats, and the probability of the predicted class: [N]. */
  readonly logProbability: Float32Array
  readonly confidence: Float32Array
  /** The likeliest classes, best first, -1 where V is smaller: [N, keptClasses]. */
  readonly top: Int32Array
  /** The same figures after the prior correction; absent when none was fitted. */
  readonly corrected?: {
    readonly predicted: Int32Array
    readonly logProbability: Float32Array
    readonly confidence: Float32Array
  }
}

/** True where the target's behaviour was seen in training. */
export function isSeen(predictions: Predictions, row: number): boolean {
  return predictions.target[row] < predictions.classes
}
