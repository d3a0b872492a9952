import assert from 'node:assert/strict'
import { assertProblem, expectedLoss, onWorstTier, type WorstCase } from './uncertainty-set.ts'

/**
 * max q.l over { q in the simplex : KL(q || p) <= rho }.
 *
 * The maximiser is q_c proportional to p_c exp(l_c / tau) with tau >= 0 such that the constraint is tight (Hu and Hong 2013). KL grows
 * with 1 / tau from 0 to -log P, where P is the mass p gives to the classes with the largest loss; a rho beyond that has the solution
 * tau -> 0: all mass on those classes.
 *
 * @param rho radius in nats, >= 0; 0 gives p
 */
export function worstCaseKl(p: Float64Array, losses: Float64Array, rho: number): WorstCase {
  assertProblem(p, losses)
  assert(rho >= 0, `the radius is ${rho}`)
  const heights = scaledHeights(p, losses)
  if (heights === undefined || rho === 0) return { q: p.slice(), value: expectedLoss(p, losses) }
  const worst = onWorstTier(p, losses)
  if (rho >= divergence(worst, p)) return { q: worst, value: expectedLoss(worst, losses) }

  let lower = 0
  let upper = 1
  while (tilt(p, heights, upper).divergence < rho) {
    lower = upper
    upper *= 2
    // Rounding can keep the divergence below a rho that is within an ulp of its limit.
    if (upper === Number.POSITIVE_INFINITY) return { q: worst, value: expectedLoss(worst, losses) }
  }
  for (;;) {
    const middle = (lower + upper) / 2
    if (middle <= lower || middle >= upper || upper - lower < 1e-15 * upper) break
    if (tilt(p, heights, middle).divergence < rho) lower = middle
    else upper = middle
  }
  const { q } = tilt(p, heights, lower)
  return { q, value: expectedLoss(q, losses) }
}

/** KL(q || p) in nats, for q with the support of p or less. */
export function divergence(q: Float64Array, p: Float64Array): number {
  let total = 0
  for (let c = 0; c < q.length; c++) if (q[c] > 0) total += q[c] * Math.log(q[c] / p[c])
  return total
}

/** (l - max l) / (max l - min l) over the support of p, in -1..0; undefined when all losses are equal. */
function scaledHeights(p: Float64Array, losses: Float64Array): Float64Array | undefined {
  let most = Number.NEGATIVE_INFINITY
  let least = Number.POSITIVE_INFINITY
  for (let c = 0; c < p.length; c++) {
    if (p[c] === 0) continue
    most = Math.max(most, losses[c])
    least = Math.min(least, losses[c])
  }
  if (most === least) return undefined
  return losses.map((loss, c) => (p[c] === 0 ? 0 : (loss - most) / (most - least)))
}

/** q proportional to p exp(inverseTemperature * height), and its divergence, accurate for small temperatures and for small tilts. */
function tilt(
  p: Float64Array,
  heights: Float64Array,
  inverseTemperature: number,
): { q: Float64Array; divergence: number } {
  let excess = 0
  for (let c = 0; c < p.length; c++) excess += p[c] * Math.expm1(inverseTemperature * heights[c])
  const logNormaliser = Math.log1p(excess)
  const q = new Float64Array(p.length)
  let total = 0
  for (let c = 0; c < p.length; c++) {
    if (p[c] === 0) continue
    const logRatio = inverseTemperature * heights[c] - logNormaliser
    const ratio = Math.exp(logRatio)
    q[c] = p[c] * ratio
    // E_p[r log r - r + 1], term by term non-negative, where E_p[r log r] would cancel.
    total += p[c] * (ratio === 0 ? 1 : ratio * logRatio - Math.expm1(logRatio))
  }
  return { q, divergence: total }
}
