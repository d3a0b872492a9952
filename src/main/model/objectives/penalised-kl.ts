import assert from 'node:assert/strict'
import { assertProblem, expectedLoss, onWorstTier, type WorstCase } from './uncertainty-set.ts'

/**
 * max over q of q.l - tau KL(q || p): the ball of kl.ts with its multiplier given instead of its radius.
 *
 * q_c is proportional to p_c exp(l_c / tau), and the value is tau log E_p[exp(l / tau)] (Donsker and Varadhan; "tilted" risk). tau -> 0 puts
 * all mass on the classes with the largest loss, tau -> infinity gives p.
 *
 * @param tau temperature in nats, >= 0
 */
export function worstCasePenalisedKl(p: Float64Array, losses: Float64Array, tau: number): WorstCase {
  assertProblem(p, losses)
  assert(tau >= 0, `the temperature is ${tau}`)
  let most = Number.NEGATIVE_INFINITY
  for (let c = 0; c < p.length; c++) if (p[c] > 0) most = Math.max(most, losses[c])
  if (tau === 0) return { q: onWorstTier(p, losses), value: most }
  if (tau === Number.POSITIVE_INFINITY) return { q: p.slice(), value: expectedLoss(p, losses) }

  const q = new Float64Array(p.length)
  let total = 0
  for (let c = 0; c < p.length; c++) {
    if (p[c] === 0) continue
    q[c] = p[c] * Math.exp((losses[c] - most) / tau)
    total += q[c]
  }
  for (let c = 0; c < p.length; c++) q[c] /= total
  return { q, value: most + tau * Math.log(total) }
}
