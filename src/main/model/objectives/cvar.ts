import assert from 'node:assert/strict'
import { assertProblem, expectedLoss, lossTiers, pour, type WorstCase } from './uncertainty-set.ts'

/**
 * max q.l over { q in the simplex : q_c <= p_c / alpha }: the mean loss of the worst share alpha of the mass (conditional value at risk,
 * Rockafellar and Uryasev 2000). The class on the boundary gets the fraction of its capacity that completes the mass.
 *
 * @param alpha in (0, 1]; 1 gives p
 */
export function worstCaseCvar(p: Float64Array, losses: Float64Array, alpha: number): WorstCase {
  assertProblem(p, losses)
  assert(alpha > 0 && alpha <= 1, `alpha is ${alpha}`)
  if (alpha === 1) return { q: p.slice(), value: expectedLoss(p, losses) }
  const q = new Float64Array(p.length)
  pour(q, lossTiers(p, losses), (c) => p[c] / alpha, 1)
  return { q, value: expectedLoss(q, losses) }
}
