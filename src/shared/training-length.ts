/** Passes over the data, in batches of `shortBatch`, beyond which a small model only learns it by heart. */
export const mostEpochs = 20
/** Sequences in a batch of a short training: there the number of steps counts for more than the rate. */
export const shortBatch = 16
/** Passes over a log that is large enough. */
export const usualEpochs = 5
/** Steps that a small model needs to learn something, and below which it has hardly begun: of 6,000 events, 40 steps told no more than 10 and 120 nearly as much as 140. */
const enoughSteps = 200
export const fewSteps = 100

/**
 * Epochs for a dataset: the usual ones, or on a small one as many as make enough steps, within the steps that `mostEpochs` in small batches are.
 * @param sequences of the training period.
 * @param perStep sequences that a step learns from.
 */
export function suggestedEpochs(sequences: number, perStep: number): number {
  const stepsPerEpoch = Math.max(1, Math.ceil(sequences / perStep))
  const most = Math.floor(mostEpochs * Math.max(1, perStep / shortBatch))
  return Math.max(usualEpochs, Math.min(most, Math.ceil(enoughSteps / stepsPerEpoch)))
}
