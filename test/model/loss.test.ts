import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Graph, gradients, interpret } from '../../src/main/graph/index.ts'
import { declareLossInputs, type ObjectiveGraphOptions, tokenLosses } from '../../src/main/model/loss.ts'
import { vector } from './support.ts'

const V = 4

interface Tokens {
  logits: number[]
  target: number[]
  counted: number[]
}

function evaluate(objective: ObjectiveGraphOptions, { logits, target, counted }: Tokens, shift?: number[]) {
  const graph = new Graph()
  const z = graph.input('logits', 'float32', [target.length, V])
  const result = tokenLosses(objective, z, declareLossInputs(graph, objective, target.length, V))
  graph.output('weightedSum', result.weightedSum)
  graph.output('tokenLoss', result.tokenLoss)
  graph.output('totalWeights', result.weights)
  graph.output('gradient', gradients(result.weightedSum, [z])[0])
  const { weightedSum, tokenLoss, totalWeights, gradient } = interpret(graph, {
    logits: { data: logits, shape: [target.length, V] },
    target: vector(target),
    weights: vector(counted),
    ...(objective.sample === undefined ? {} : { counted: vector(counted) }),
    ...(shift === undefined ? {} : { shift: vector(shift) }),
  })
  return {
    weightedSum: weightedSum.data[0],
    tokenLoss: Array.from(tokenLoss.data),
    weights: Array.from(totalWeights.data),
    gradient: Array.from(gradient.data),
  }
}

/** -log softmax(z)[y], computed naively. */
function naiveLoss({ logits, target }: Tokens, token: number, shift: number[] = [0, 0, 0, 0]): number {
  const z = logits.slice(token * V, (token + 1) * V).map((logit, c) => logit + shift[c])
  return Math.log(z.reduce((sum, value) => sum + Math.exp(value), 0)) - z[target[token]]
}

const tokens: fc.Arbitrary<Tokens> = fc.integer({ min: 1, max: 9 }).chain((count) =>
  fc.record({
    logits: fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: count * V, maxLength: count * V }),
    target: fc.array(fc.integer({ min: 0, max: V - 1 }), { minLength: count, maxLength: count }),
    counted: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: count, maxLength: count }),
  }),
)

describe('token losses', () => {
  test('the loss is shifted, the reported token loss is not', () => {
    const shift = [0.5, -1, 0, 2]
    fc.assert(
      fc.property(tokens, (given) => {
        const { weightedSum, tokenLoss } = evaluate({ shift: true }, given, shift)
        const expected = given.counted.reduce((sum, counts, token) => sum + counts * naiveLoss(given, token, shift), 0)
        expect(weightedSum).toBeCloseTo(expected, 8)
        tokenLoss.forEach((loss, token) => {
          expect(loss).toBeCloseTo(naiveLoss(given, token), 8)
        })
      }),
      { numRuns: 50 },
    )
  })

  test('focal: (1 - p)^gamma times the loss', () => {
    fc.assert(
      fc.property(tokens, fc.double({ min: 0, max: 4, noNaN: true }), (given, gamma) => {
        const expected = given.counted.reduce((sum, counts, token) => {
          const loss = naiveLoss(given, token)
          return sum + counts * (1 - Math.exp(-loss)) ** gamma * loss
        }, 0)
        expect(evaluate({ shift: false, focalGamma: gamma }, given).weightedSum).toBeCloseTo(expected, 4)
      }),
      { numRuns: 50 },
    )
  })

  test('a target without a column, where nothing counts, is harmless', () => {
    const given = { logits: [1, 2, 3, 4, 0, 0, 0, 0], target: [1, V], counted: [1, 0] }
    const { weightedSum, gradient } = evaluate({ shift: false }, given)
    expect(weightedSum).toBeCloseTo(naiveLoss(given, 0), 10)
    expect(gradient.slice(V).every((value) => value === 0)).toBe(true)
  })
})

describe('weights inside a batch', () => {
  test('kl: N softmax(loss / tau) over the counted tokens', () => {
    fc.assert(
      fc.property(tokens, fc.double({ min: 0.2, max: 5, noNaN: true }), (given, tau) => {
        const scores = given.counted.map((counts, token) => counts * Math.exp(naiveLoss(given, token) / tau))
        const total = scores.reduce((a, b) => a + b, 0)
        const count = given.counted.reduce((a, b) => a + b, 0)
        evaluate({ shift: false, sample: { kind: 'kl', tau } }, given).weights.forEach((weight, token) => {
          expect(weight).toBeCloseTo(count === 0 ? 0 : (count * scores[token]) / total, 8)
        })
      }),
      { numRuns: 50 },
    )
  })

  test('cvar: the mean over the worst share alpha, with a fraction of the boundary token', () => {
    fc.assert(
      fc.property(tokens, fc.double({ min: 0.05, max: 1, noNaN: true }), (given, alpha) => {
        const losses = given.target
          .map((_, token) => naiveLoss(given, token))
          .filter((_, token) => given.counted[token])
        let left = alpha * losses.length
        let expected = 0
        for (const loss of losses.sort((a, b) => b - a)) {
          const share = Math.min(1, left)
          expected += (share / alpha) * loss
          left -= share
        }
        const { weightedSum, weights } = evaluate({ shift: false, sample: { kind: 'cvar', alpha } }, given)
        expect(weightedSum).toBeCloseTo(expected, 6)
        expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(losses.length, 6)
      }),
      { numRuns: 50 },
    )
  })

  test('no gradient flows through the weights', () => {
    const given = { logits: [1, 2, 0, 0, 0, 1, 3, 0], target: [0, 1], counted: [1, 1] }
    const { gradient, weights } = evaluate({ shift: false, sample: { kind: 'kl', tau: 0.5 } }, given)
    given.target.forEach((target, token) => {
      const z = given.logits.slice(token * V, (token + 1) * V)
      const total = z.reduce((sum, value) => sum + Math.exp(value), 0)
      z.forEach((value, c) => {
        const expected = weights[token] * (Math.exp(value) / total - Number(c === target))
        expect(gradient[token * V + c]).toBeCloseTo(expected, 10)
      })
    })
  })
})
