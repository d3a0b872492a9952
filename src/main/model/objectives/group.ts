import assert from 'node:assert/strict'

/**
 * One answer of the group adversary, exponentiated gradient ascent: q_g <- q_g exp(eta l_g) / Z (Sagawa et al. 2020, algorithm 1).
 *
 * Stays finite whatever the losses are; a group whose weight has become 0 stays at 0.
 *
 * @param q current distribution over the groups: [G]
 * @param losses running loss of each group: [G]
 * @param eta step size per answer, >= 0
 */
export function ascendGroups(q: Float64Array, losses: Float64Array, eta: number): Float64Array {
  assert(q.length > 0 && q.length === losses.length, `${q.length} groups but ${losses.length} losses`)
  assert(eta >= 0, `eta is ${eta}`)
  let most = Number.NEGATIVE_INFINITY
  for (let g = 0; g < q.length; g++) if (q[g] > 0) most = Math.max(most, losses[g])
  assert(Number.isFinite(most), 'a group with mass has no finite loss')
  const next = new Float64Array(q.length)
  let total = 0
  for (let g = 0; g < q.length; g++) {
    if (q[g] > 0) next[g] = q[g] * Math.exp(eta * (losses[g] - most))
    total += next[g]
  }
  return next.map((weight) => weight / total)
}
