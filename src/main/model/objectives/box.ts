import assert from 'node:assert/strict'
import { assertProblem, expectedLoss, lossTiers, pour, type WorstCase } from './uncertainty-set.ts'

/**
 * max q.l over { q in the simplex : |q_c - p_c| <= r_c }.
 *
 * A linear programme over a box: start every class at its lower bound max(0, p_c - r_c) and pour the remaining mass by descending loss
 * up to min(1, p_c + r_c) (fractional knapsack).
 *
 * @param radii non-negative, one a class: [C]
 */
export function worstCaseBox(p: Float64Array, losses: Float64Array, radii: Float64Array): WorstCase {
  assertProblem(p, losses)
  assert(radii.length === p.length, `${radii.length} radii for ${p.length} classes`)
  const q = new Float64Array(p.length)
  let poured = 0
  for (let c = 0; c < p.length; c++) {
    assert(radii[c] >= 0, `the radius of class ${c} is ${radii[c]}`)
    q[c] = Math.max(0, p[c] - radii[c])
    poured += q[c]
  }
  const tiers = lossTiers(p, losses)
  if (tiers.length === 1) return { q: p.slice(), value: expectedLoss(p, losses) }
  const lower = q.slice()
  pour(q, tiers, (c) => Math.min(1, p[c] + radii[c]) - lower[c], 1 - poured)
  return { q, value: expectedLoss(q, losses) }
}

/**
 * r_c = r0 sqrt(p_c): the shape of the sampling error of a frequency, so that the relative deviation r0 / sqrt(p_c) grows as a class
 * gets rarer.
 */
export function samplingErrorRadii(p: Float64Array, r0: number): Float64Array {
  return p.map((probability) => r0 * Math.sqrt(probability))
}
