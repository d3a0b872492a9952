import assert from 'node:assert/strict'

/** Empirical distribution of the classes: counts over their sum. [V] */
export function classProbabilities(counts: Float64Array): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0)
  assert(total > 0, 'no class was counted')
  return counts.map((count) => count / total)
}

/** w_c proportional to p_c^-power, with E_p[w] = 1; 0 for a class that never occurs. */
export function inverseFrequencyWeights(p: Float64Array, power: number): Float64Array {
  return normalised(
    p,
    p.map((probability) => (probability > 0 ? probability ** -power : 0)),
  )
}

/** w_c proportional to (1 - beta) / (1 - beta^n_c), the inverse effective number of samples (Cui et al. 2019), with E_p[w] = 1. */
export function classBalancedWeights(counts: Float64Array, beta: number): Float64Array {
  // expm1 and log1p keep 1 - beta^n exact where beta is close to 1.
  const logBeta = Math.log1p(beta - 1)
  return normalised(
    classProbabilities(counts),
    counts.map((count) => (count > 0 ? (1 - beta) / -Math.expm1(count * logBeta) : 0)),
  )
}

/** tau log p_c, added to the logits inside the loss; a class that never occurs gets the shift of half an occurrence. [V] */
export function logPriorShift(counts: Float64Array, tau: number): Float32Array {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return Float32Array.from(counts, (count) => tau * Math.log(Math.max(count, 0.5) / total))
}

/** q_c / p_c: what the worst case asks of each token of class c; 0 for a class that never occurs. */
export function densityRatio(q: Float64Array, p: Float64Array): Float64Array {
  return q.map((mass, c) => (p[c] > 0 ? mass / p[c] : 0))
}

function normalised(p: Float64Array, weights: Float64Array): Float64Array {
  const mean = weights.reduce((sum, weight, c) => sum + p[c] * weight, 0)
  return weights.map((weight) => weight / mean)
}
