/** What one row of logits says about its target. */
export interface TargetStatistics {
  /** log softmax(logits)[target]; -Infinity where the target has no logit. */
  logProbability: number
  /** Place of the target in the full ranking, from 1; where logits tie, the lower class id (the more frequent class) comes first. V + 1 where the target has no logit. */
  rank: number
  /** Class id with the largest logit. */
  predicted: number
}

/**
 * Log-probability, rank and prediction from one row of logits, in one pass over the full vocabulary (never sampled).
 *
 * @param logits [.., V], any number of rows, flat
 * @param offset first element of the row
 * @param classes V
 * @param target class id; one outside 0..V-1 (a behaviour unseen in training) ranks behind every class
 */
export function targetStatistics(
  logits: Float32Array,
  offset: number,
  classes: number,
  target: number,
): TargetStatistics {
  const known = target >= 0 && target < classes
  const targetLogit = known ? logits[offset + target] : Number.NEGATIVE_INFINITY
  let predicted = 0
  let most = logits[offset]
  let before = 0
  for (let c = 0; c < classes; c++) {
    const logit = logits[offset + c]
    if (logit > most) {
      most = logit
      predicted = c
    }
    if (logit > targetLogit || (logit === targetLogit && c < target)) before++
  }
  let total = 0
  for (let c = 0; c < classes; c++) total += Math.exp(logits[offset + c] - most)
  return {
    logProbability: known ? targetLogit - most - Math.log(total) : Number.NEGATIVE_INFINITY,
    rank: known ? before + 1 : classes + 1,
    predicted,
  }
}
