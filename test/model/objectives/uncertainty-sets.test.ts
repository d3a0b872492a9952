import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { samplingErrorRadii, worstCaseBox } from '../../../src/main/model/objectives/box.ts'
import { worstCaseChi2 } from '../../../src/main/model/objectives/chi2.ts'
import { worstCaseCvar } from '../../../src/main/model/objectives/cvar.ts'
import { ascendGroups } from '../../../src/main/model/objectives/group.ts'
import { divergence, worstCaseKl } from '../../../src/main/model/objectives/kl.ts'
import { worstCasePenalisedKl } from '../../../src/main/model/objectives/penalised-kl.ts'
import { worstCaseTv } from '../../../src/main/model/objectives/tv.ts'
import { expectedLoss, type WorstCase } from '../../../src/main/model/objectives/uncertainty-set.ts'

const vector = (...values: number[]) => Float64Array.from(values)
const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0)

function expectClose(actual: Float64Array, expected: readonly number[], tolerance: number) {
  expect(actual.length).toBe(expected.length)
  for (const [c, value] of expected.entries()) expect(Math.abs(actual[c] - value)).toBeLessThanOrEqual(tolerance)
}

describe('one problem solved with general-purpose solvers (SLSQP, linprog)', () => {
  const p = vector(0.6, 0.25, 0.1, 0.05)
  const losses = vector(0.3, 1.0, 2.0, 3.5)
  const cases: [string, WorstCase, number, number[]][] = [
    ['KL ball', worstCaseKl(p, losses, 0.1), 1.2191275431, [0.44375654, 0.25106288, 0.15546289, 0.14971769]],
    [
      'penalised KL',
      worstCasePenalisedKl(p, losses, 1),
      1.3569077611,
      [0.20851728, 0.17495926, 0.19023543, 0.42628803],
    ],
    ['chi-square ball', worstCaseChi2(p, losses, 0.5), 1.6226032045, [0.229405, 0.309626, 0.246159, 0.214811]],
    ['CVaR', worstCaseCvar(p, losses, 0.3), 1.75, [0, 0.5, 0.3333333333, 0.1666666667]],
    ['total variation ball', worstCaseTv(p, losses, 0.1), 1.125, [0.5, 0.25, 0.1, 0.15]],
    [
      // The oracle's r_c = min(p_c, 0.02 / sqrt(p_c)) bounds the lower side only; the lower bound is max(0, p_c - r_c) anyway.
      'box',
      worstCaseBox(
        p,
        losses,
        p.map((probability) => 0.02 / Math.sqrt(probability)),
      ),
      1.0230578899,
      [0.57418011, 0.21, 0.07637717, 0.13944272],
    ],
  ]
  test.each(cases)('%s', (_, worst, value, q) => {
    expect(Math.abs(worst.value - value)).toBeLessThan(1e-6)
    expectClose(worst.q, q, 1e-5)
  })

  test('a small chi-square ball: mean + sqrt(2 rho Var)', () => {
    expect(Math.abs(worstCaseChi2(p, losses, 0.02).value - 0.9685206409)).toBeLessThan(1e-9)
  })
})

/** A distribution, losses, and another distribution to play against the adversary. */
const problem = fc
  .integer({ min: 1, max: 7 })
  .chain((classes) =>
    fc.tuple(
      fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1, noNaN: true })), {
        minLength: classes,
        maxLength: classes,
      }),
      fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.double({ min: 0, max: 20, noNaN: true })), {
        minLength: classes,
        maxLength: classes,
      }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: classes, maxLength: classes }),
    ),
  )
  .filter(([weights]) => weights.some((weight) => weight > 0))
  .map(([weights, losses, rivalWeights]) => {
    const normalise = (values: number[]) => {
      const total = values.reduce((left, right) => left + right, 0)
      return Float64Array.from(values, (value) => value / total)
    }
    const p = normalise(weights)
    const masked = rivalWeights.map((weight, c) => (p[c] > 0 ? weight + 1e-9 : 0))
    return { p, losses: Float64Array.from(losses), rival: normalise(masked) }
  })

interface UncertaintySet {
  sizes: fc.Arbitrary<number>
  solve(p: Float64Array, losses: Float64Array, size: number): WorstCase
  /** <= 0 where q is in the set. */
  excess(q: Float64Array, p: Float64Array, size: number): number
  /** The size at which the set is {p}. */
  none: number
  /** A size at which all mass may go to the worst class. */
  all: number
  /** min over the multipliers of the dual function; weak duality holds for each multiplier, so a grid gives an upper bound. */
  dual(p: Float64Array, losses: Float64Array, size: number): number
}

const maximum = (p: Float64Array, losses: Float64Array) =>
  losses.reduce((most, loss, c) => (p[c] > 0 ? Math.max(most, loss) : most), Number.NEGATIVE_INFINITY)
const minimum = (p: Float64Array, losses: Float64Array) =>
  -maximum(
    p,
    losses.map((loss) => -loss),
  )

/** Minimum of a convex function by golden-section search. */
function minimise(f: (x: number) => number, from: number, to: number): number {
  const golden = (Math.sqrt(5) - 1) / 2
  let low = from
  let high = to
  for (let i = 0; i < 200; i++) {
    const left = high - golden * (high - low)
    const right = low + golden * (high - low)
    if (f(left) < f(right)) high = right
    else low = left
  }
  return f((low + high) / 2)
}

const chi2 = (q: Float64Array, p: Float64Array) =>
  p.reduce(
    (total, probability, c) => (probability > 0 ? total + 0.5 * probability * (q[c] / probability - 1) ** 2 : total),
    0,
  )

const sets: Record<string, UncertaintySet> = {
  'KL ball': {
    sizes: fc.double({ min: 1e-3, max: 3, noNaN: true }),
    solve: worstCaseKl,
    excess: (q, p, rho) => divergence(q, p) - rho,
    none: 0,
    all: 50,
    // min over tau of tau rho + tau log E_p[exp(l / tau)], with log tau as the variable (quasi-convex in it).
    dual: (p, losses, rho) => {
      const most = maximum(p, losses)
      const bound = (logTau: number) => {
        const tau = Math.exp(logTau)
        return (
          most +
          tau * rho +
          tau * Math.log(p.reduce((total, mass, c) => total + mass * Math.exp(Math.min(0, losses[c] - most) / tau), 0))
        )
      }
      return minimise(bound, Math.log(1e-7), Math.log(1e4))
    },
  },
  'chi-square ball': {
    sizes: fc.double({ min: 1e-3, max: 5, noNaN: true }),
    solve: worstCaseChi2,
    excess: (q, p, rho) => chi2(q, p) - rho,
    none: 0,
    all: 1e9,
    // min over eta of eta + sqrt((1 + 2 rho) E_p[(l - eta)_+^2]).
    dual: (p, losses, rho) => {
      const spread = maximum(p, losses) - minimum(p, losses) + 1
      return minimise(
        (eta) =>
          eta +
          Math.sqrt((1 + 2 * rho) * p.reduce((total, mass, c) => total + mass * Math.max(0, losses[c] - eta) ** 2, 0)),
        maximum(p, losses) - spread * (2 + 10 / Math.sqrt(rho)),
        maximum(p, losses),
      )
    },
  },
  CVaR: {
    sizes: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    solve: worstCaseCvar,
    excess: (q, p, alpha) => Math.max(...p.map((mass, c) => q[c] - mass / alpha)),
    none: 1,
    all: 1e-9,
    // min over eta of eta + E_p[(l - eta)_+] / alpha, attained at one of the losses.
    dual: (p, losses, alpha) =>
      Math.min(
        ...losses
          .filter((_, c) => p[c] > 0)
          .map((eta) => eta + p.reduce((total, mass, c) => total + mass * Math.max(0, losses[c] - eta), 0) / alpha),
      ),
  },
  'total variation ball': {
    sizes: fc.double({ min: 1e-3, max: 1, noNaN: true }),
    solve: worstCaseTv,
    excess: (q, p, radius) => 0.5 * sum(q.map((mass, c) => Math.abs(mass - p[c]))) - radius,
    none: 0,
    all: 1,
    // (1 - r) CVaR_{1 - r} + r max l.
    dual: (p, losses, radius) => {
      const most = maximum(p, losses)
      if (radius >= 1) return most
      const tail = losses
        .filter((_, c) => p[c] > 0)
        .map((eta) => (1 - radius) * eta + p.reduce((total, mass, c) => total + mass * Math.max(0, losses[c] - eta), 0))
      return radius * most + Math.min(...tail)
    },
  },
  box: {
    sizes: fc.double({ min: 1e-3, max: 2, noNaN: true }),
    solve: (p, losses, r0) => worstCaseBox(p, losses, samplingErrorRadii(p, r0)),
    excess: (q, p, r0) => Math.max(...p.map((mass, c) => Math.abs(q[c] - mass) - r0 * Math.sqrt(mass))),
    none: 0,
    all: 1e6,
    // min over the multiplier of sum q = 1, attained at one of the losses.
    dual: (p, losses, r0) =>
      Math.min(
        ...losses
          .filter((_, c) => p[c] > 0)
          .map((eta) =>
            p.reduce((total, mass, c) => {
              const upper = Math.min(1, mass + r0 * Math.sqrt(mass))
              const lower = Math.max(0, mass - r0 * Math.sqrt(mass))
              return total + (losses[c] > eta ? upper : lower) * (losses[c] - eta)
            }, eta),
          ),
      ),
  },
}

describe.each(Object.entries(sets))('%s', (_, set) => {
  test('the answer is a distribution in the set, on the support of p', () => {
    fc.assert(
      fc.property(problem, set.sizes, ({ p, losses }, size) => {
        const { q, value } = set.solve(p, losses, size)
        expect(Math.abs(sum(q) - 1)).toBeLessThan(1e-9)
        for (let c = 0; c < p.length; c++) {
          expect(q[c]).toBeGreaterThanOrEqual(0)
          if (p[c] === 0) expect(q[c]).toBe(0)
        }
        expect(set.excess(q, p, size)).toBeLessThan(1e-9)
        expect(value).toBeCloseTo(expectedLoss(q, losses), 9)
      }),
    )
  })

  test('its value is the minimum of the dual problem', () => {
    fc.assert(
      fc.property(problem, set.sizes, ({ p, losses }, size) => {
        const { value } = set.solve(p, losses, size)
        expect(Math.abs(value - set.dual(p, losses, size))).toBeLessThan(1e-5 * (1 + Math.abs(value)))
      }),
    )
  })

  test('no other distribution of the set does better', () => {
    fc.assert(
      fc.property(problem, set.sizes, ({ p, losses, rival }, size) => {
        const { value } = set.solve(p, losses, size)
        // The set is convex and holds p: walk from p towards the rival as far as it allows.
        let share = 1
        const towards = (part: number) => p.map((mass, c) => mass + part * (rival[c] - mass))
        while (share > 1e-6 && set.excess(towards(share), p, size) > 0) share *= 0.8
        if (share <= 1e-6) return
        expect(expectedLoss(towards(share), losses)).toBeLessThanOrEqual(value + 1e-9)
      }),
    )
  })

  test('the smallest set gives p, and so do equal losses', () => {
    fc.assert(
      fc.property(problem, set.sizes, ({ p, losses }, size) => {
        expectClose(set.solve(p, losses, set.none).q, [...p], 1e-12)
        expectClose(set.solve(p, new Float64Array(p.length).fill(2.5), size).q, [...p], 1e-12)
      }),
    )
  })

  test('a nearly smallest set gives nearly p', () => {
    const p = vector(0.6, 0.25, 0.1, 0.05)
    const size = set.none === 1 ? 1 - 1e-9 : 1e-10
    expectClose(set.solve(p, vector(0.3, 1, 2, 3.5), size).q, [...p], 1e-4)
  })

  test('a huge set puts all mass on the classes with the largest loss', () => {
    fc.assert(
      fc.property(problem, ({ p, losses }) => {
        const { q, value } = set.solve(p, losses, set.all)
        const most = maximum(p, losses)
        expect(value).toBeCloseTo(most, 6)
        for (let c = 0; c < p.length; c++) if (losses[c] < most - 1e-6) expect(q[c]).toBeLessThan(1e-6)
      }),
    )
  })

  test('losses that are huge, tiny, or nearly equal give no NaN', () => {
    const p = vector(0.5, 0.3, 0.2)
    const size = set.none === 1 ? 0.4 : 0.2
    for (const losses of [vector(1e30, 1, 0), vector(1e-300, 0, 0), vector(5, 5 + 1e-15, 5), vector(700, 0, -700)]) {
      const { q, value } = set.solve(p, losses, size)
      expect(Math.abs(sum(q) - 1)).toBeLessThan(1e-9)
      expect(Number.isFinite(value)).toBe(true)
    }
  })

  test('one class: the answer is that class', () => {
    expect(set.solve(vector(1), vector(3), set.none === 1 ? 0.5 : 0.3)).toEqual({ q: vector(1), value: 3 })
  })

  test('the order of the classes does not matter, ties included', () => {
    fc.assert(
      fc.property(problem, set.sizes, ({ p, losses }, size) => {
        const forwards = set.solve(p, losses, size).q
        const backwards = set.solve(p.toReversed(), losses.toReversed(), size).q
        expectClose(backwards.toReversed(), [...forwards], 1e-8)
      }),
    )
  })
})

describe('CVaR', () => {
  test('the class on the boundary gets the fraction that completes the mass', () => {
    expectClose(worstCaseCvar(vector(0.5, 0.5), vector(1, 2), 0.8).q, [0.375, 0.625], 1e-12)
  })

  test('alpha below the probability of the worst class gives that class, not an empty slice', () => {
    expect(worstCaseCvar(vector(0.5, 0.5), vector(1, 2), 0.01).q).toEqual(vector(0, 1))
  })
})

describe('penalised KL', () => {
  test('tau is the multiplier of the ball: q of the ball with radius KL(q || p) is q', () => {
    fc.assert(
      fc.property(problem, fc.double({ min: 0.2, max: 20, noNaN: true }), ({ p, losses }, tau) => {
        const penalised = worstCasePenalisedKl(p, losses, tau)
        const rho = divergence(penalised.q, p)
        if (rho < 1e-6) return
        expect(worstCaseKl(p, losses, rho).value).toBeCloseTo(expectedLoss(penalised.q, losses), 5)
        expect(penalised.value).toBeCloseTo(expectedLoss(penalised.q, losses) - tau * rho, 8)
      }),
    )
  })

  test('tau -> 0 puts all mass on the worst class, tau -> infinity gives p', () => {
    const p = vector(0.6, 0.3, 0.1)
    const losses = vector(1, 2, 2)
    expectClose(worstCasePenalisedKl(p, losses, 0).q, [0, 0.75, 0.25], 1e-12)
    expectClose(worstCasePenalisedKl(p, losses, 1e-12).q, [0, 0.75, 0.25], 1e-12)
    expectClose(worstCasePenalisedKl(p, losses, 1e12).q, [...p], 1e-9)
    expect(worstCasePenalisedKl(p, losses, Number.POSITIVE_INFINITY).q).toEqual(p)
  })
})

describe('group adversary', () => {
  test('one answer is q exp(eta l) / Z', () => {
    const q = ascendGroups(vector(0.5, 0.4, 0.1), vector(1, 2, 3), 0.5)
    const expected = [0.5 * Math.exp(0.5), 0.4 * Math.exp(1), 0.1 * Math.exp(1.5)]
    const total = expected.reduce((left, right) => left + right, 0)
    expectClose(
      q,
      expected.map((weight) => weight / total),
      1e-12,
    )
  })

  test('equal losses move nothing, eta 0 neither', () => {
    expectClose(ascendGroups(vector(0.5, 0.4, 0.1), vector(7, 7, 7), 3), [0.5, 0.4, 0.1], 1e-12)
    expectClose(ascendGroups(vector(0.5, 0.4, 0.1), vector(1, 2, 3), 0), [0.5, 0.4, 0.1], 1e-12)
  })

  test('ten thousand answers end on the worst group, without overflow', () => {
    let q: Float64Array = vector(0.5, 0.4, 0.1)
    for (let i = 0; i < 10_000; i++) q = ascendGroups(q, vector(1, 200, 900), 1)
    expectClose(q, [0, 0, 1], 1e-12)
  })
})
