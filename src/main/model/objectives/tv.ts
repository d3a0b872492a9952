import assert from 'node:assert/strict'
import { assertProblem, expectedLoss, lossTiers, type WorstCase } from './uncertainty-set.ts'

/**
 * max q.l over { q in the simplex : 1/2 sum_c |q_c - p_c| <= radius }.
 *
 * The adversary moves `radius` of mass from the classes with the smallest loss to those with the largest (Ben-Tal et al. 2013).
 *
 * @param radius share of the mass that may move, >= 0; 0 gives p, 1 or more puts all mass on the worst class
 */
export function worstCaseTv(p: Float64Array, losses: Float64Array, radius: number): WorstCase {
  assertProblem(p, losses)
  assert(radius >= 0, `the radius is ${radius}`)
  const [worst, ...others] = lossTiers(p, losses)
  const q = p.slice()
  let moved = 0
  for (const tier of others.reverse()) {
    const mass = tier.reduce((total, c) => total + p[c], 0)
    const share = Math.min(1, (radius - moved) / mass)
    for (const c of tier) q[c] = share === 1 ? 0 : p[c] * (1 - share)
    moved += share * mass
    if (share < 1) break
  }
  const mass = worst.reduce((total, c) => total + p[c], 0)
  for (const c of worst) q[c] = p[c] * (1 + moved / mass)
  return { q, value: expectedLoss(q, losses) }
}
