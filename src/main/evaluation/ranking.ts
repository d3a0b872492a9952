import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'

/** Figures of one target under one row of logits. */
export interface ScoredTarget {
  /** Class with the largest logit; of equal ones the one with the lowest id, which is the most frequent in training. */
  predicted: number
  /** Softmax probability of `predicted`. */
  confidence: number
  /** 1..V; 0 for an unseen target. */
  rank: number
  /** Log softmax of the target in nats; NaN for an unseen target. */
  logProbability: number
}

/**
 * Full-ranking rank of a class: #{c : z_c >= z_target}, the target included. Ties count against the target (pessimistic rank), so a model
 * that gives all classes the same score ranks every target last instead of first, and the figure does not depend on any sorting.
 */
export function rankOf(logits: ArrayLike<number>, target: number): number {
  const score = logits[target]
  let rank = 0
  for (let index = 0; index < logits.length; index += 1) if (logits[index] >= score) rank += 1
  return rank
}

/**
 * Scores one target against one row of V logits (adjustments already added).
 *
 * @param target class id, or V when the behaviour was never seen in training
 * @throws WorkbenchError `diverged` when a logit is not a number
 */
export function scoreTarget(logits: Float64Array, target: number): ScoredTarget {
  let predicted = 0
  for (let index = 0; index < logits.length; index += 1) {
    if (logits[index] > logits[predicted]) predicted = index
    if (Number.isNaN(logits[index])) throw notANumber()
  }
  const largest = logits[predicted]
  if (!Number.isFinite(largest)) throw notANumber()
  let sum = 0
  for (let index = 0; index < logits.length; index += 1) sum += Math.exp(logits[index] - largest)
  const seen = target < logits.length
  return {
    predicted,
    confidence: 1 / sum,
    rank: seen ? rankOf(logits, target) : 0,
    logProbability: seen ? logits[target] - largest - Math.log(sum) : Number.NaN,
  }
}

/** Writes the ids of the `into.length` largest logits into `into`, best first, ties by the lower id; -1 where there are fewer classes. */
export function topClasses(logits: Float64Array, into: Int32Array): void {
  into.fill(-1)
  for (let candidate = 0; candidate < logits.length; candidate += 1) {
    const score = logits[candidate]
    let place = into.length
    while (place > 0 && (into[place - 1] === -1 || logits[into[place - 1]] < score)) place -= 1
    if (place === into.length) continue
    into.copyWithin(place + 1, place, into.length - 1)
    into[place] = candidate
  }
}

function notANumber(): WorkbenchError {
  return new WorkbenchError(
    'diverged',
    phrase`The model gives scores that are not finite numbers.`,
    phrase`Its training diverged: evaluate an earlier checkpoint or train again with a lower learning rate.`,
  )
}
