import assert from 'node:assert/strict'
import { assertProblem, expectedLoss, lossTiers, onWorstTier, type WorstCase } from './uncertainty-set.ts'

/**
 * max q.l over { q in the simplex : 1/2 E_p[(q/p - 1)^2] <= rho }.
 *
 * The maximiser is q_c proportional to p_c (l_c - eta)_+ (Namkoong and Duchi 2016; Levy et al. 2020). On a set of active classes with mass P,
 * mean m and variance v of the loss under p, the tight constraint gives eta = m - sqrt(v / (P (1 + 2 rho) - 1)); classes are dropped from
 * the bottom until every active one lies above eta. While all classes are active, the value is E_p[l] + sqrt(2 rho Var_p[l]).
 *
 * @param rho radius, >= 0; 0 gives p
 */
export function worstCaseChi2(p: Float64Array, losses: Float64Array, rho: number): WorstCase {
  assertProblem(p, losses)
  assert(rho >= 0, `the radius is ${rho}`)
  const tiers = lossTiers(p, losses)
  if (tiers.length === 1 || rho === 0) return { q: p.slice(), value: expectedLoss(p, losses) }

  // Sums over the k highest tiers, in depths below the highest loss scaled to 0..1: exact where losses are huge, tiny or close together.
  const highest = losses[tiers[0][0]]
  const range = highest - losses[tiers.at(-1)![0]]
  const depthOf = (c: number) => (highest - losses[c]) / range
  const sums = [{ mass: 0, depth: 0, squaredDepth: 0 }]
  for (const tier of tiers) {
    const { mass, depth, squaredDepth } = sums.at(-1)!
    const below = depthOf(tier[0])
    const added = tier.reduce((total, c) => total + p[c], 0)
    sums.push({
      mass: mass + added,
      depth: depth + added * below,
      squaredDepth: squaredDepth + added * below * below,
    })
  }
  for (let active = tiers.length; active > 1; active--) {
    const { mass, depth, squaredDepth } = sums[active]
    const slack = mass * (1 + 2 * rho) - 1
    if (slack <= 0) break
    const mean = depth / mass
    const variance = Math.max(0, squaredDepth / mass - mean * mean)
    // eta, as a depth.
    const cut = mean + Math.sqrt(variance / slack)
    if (cut > depthOf(tiers[active - 1][0])) {
      const q = new Float64Array(p.length)
      const classes = tiers.slice(0, active).flat()
      for (const c of classes) q[c] = (p[c] * (cut - depthOf(c))) / (mass * (cut - mean))
      return { q, value: expectedLoss(q, losses) }
    }
  }
  const q = onWorstTier(p, losses)
  return { q, value: expectedLoss(q, losses) }
}
