import assert from 'node:assert/strict'

/**
 * The inner problem of distributionally robust optimisation over classes: max over q of sum_c q_c l_c, where q is a distribution near
 * p. Every uncertainty set of this folder is a pure function of (p, losses, size) in float64 and returns this.
 *
 * In every set q_c = 0 where p_c = 0: the answer becomes the weight q_c / p_c of tokens of class c, and such a class has none.
 */
export interface WorstCase {
  /** The maximiser: non-negative, sums to 1. [C] */
  q: Float64Array
  /** What the adversary attains: sum_c q_c l_c (penalised sets say otherwise). */
  value: number
}

/** Throws AssertionError unless p is a distribution and every class of its support has a finite loss. */
export function assertProblem(p: Float64Array, losses: Float64Array): void {
  assert(p.length > 0 && p.length === losses.length, `${p.length} probabilities but ${losses.length} losses`)
  let total = 0
  for (let c = 0; c < p.length; c++) {
    assert(p[c] >= 0, `p[${c}] = ${p[c]} is no probability`)
    assert(p[c] === 0 || Number.isFinite(losses[c]), `the loss of class ${c} is ${losses[c]}`)
    total += p[c]
  }
  assert(Math.abs(total - 1) < 1e-9, `the probabilities sum to ${total}, not to 1`)
}

/** sum_c q_c l_c over the support of q. */
export function expectedLoss(q: Float64Array, losses: Float64Array): number {
  let value = 0
  for (let c = 0; c < q.length; c++) if (q[c] > 0) value += q[c] * losses[c]
  return value
}

/**
 * Classes of the support in tiers of equal loss, largest loss first. Sets that pour mass greedily treat a tier as one class and share
 * inside it in proportion, so that equal losses move no mass and the answer does not depend on the order of the classes.
 */
export function lossTiers(p: Float64Array, losses: Float64Array): number[][] {
  const order: number[] = []
  for (let c = 0; c < p.length; c++) if (p[c] > 0) order.push(c)
  order.sort((a, b) => losses[b] - losses[a] || a - b)
  const tiers: number[][] = []
  for (const c of order) {
    const tier = tiers.at(-1)
    if (tier !== undefined && losses[tier[0]] === losses[c]) tier.push(c)
    else tiers.push([c])
  }
  return tiers
}

/** Pours `mass` into the tiers in their order, each class up to its capacity; a tier that is not filled shares by capacity. */
export function pour(q: Float64Array, tiers: readonly number[][], capacity: (c: number) => number, mass: number): void {
  let remaining = mass
  for (const tier of tiers) {
    if (remaining <= 0) return
    let room = 0
    for (const c of tier) room += capacity(c)
    if (room <= 0) continue
    const filled = Math.min(1, remaining / room)
    for (const c of tier) q[c] += filled * capacity(c)
    remaining -= filled * room
  }
}

/** p restricted to the classes with the largest loss: the answer of every divergence ball that is large enough. */
export function onWorstTier(p: Float64Array, losses: Float64Array): Float64Array {
  const [worst] = lossTiers(p, losses)
  const q = new Float64Array(p.length)
  let total = 0
  for (const c of worst) total += p[c]
  for (const c of worst) q[c] = p[c] / total
  return q
}
