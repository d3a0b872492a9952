import assert from 'node:assert'
import { type ExtraHead, extraHeads } from '../../shared/heads.ts'
import {
  add,
  cast,
  clamp,
  crossEntropy,
  divide,
  exp,
  type Graph,
  greater,
  maximum,
  multiply,
  negate,
  power,
  range,
  reduceSum,
  scatterAdd,
  softmax,
  sort,
  stopGradient,
  subtract,
  type Value,
  where,
} from '../graph/index.ts'
import type { HeadOutputs } from './behavegpt.ts'
import { mixtureLoss } from './window-mixture.ts'

/**
 * What an objective needs inside the graph, beyond the weights that every objective feeds.
 * Loss = sum(weights * CE(logits + shift, target)) / sum(counted).
 */
export interface ObjectiveGraphOptions {
  /** Feed `shift` [V], added to the logits in the loss only. */
  readonly shift: boolean
  /** Each token's loss is multiplied by (1 - p)^gamma and differentiated through it; p is the (shifted) probability of the target. */
  readonly focalGamma?: number
  /** Weights of the tokens of one batch by their own losses, without a gradient of their own. */
  readonly sample?: SampleWeighting
}

/**
 * `kl`: w = N softmax(loss / tau) over the N counted tokens of the batch. `cvar`: 1 / alpha for the worst share alpha of
 * them, with a fraction for the token at the boundary.
 */
export type SampleWeighting =
  | { readonly kind: 'kl'; readonly tau: number }
  | { readonly kind: 'cvar'; readonly alpha: number }

export interface LossInputs {
  /** Class ids: int32 [B*I]; anything where the token does not count. */
  readonly target: Value
  /** 0 where the token does not count: [B*I]. */
  readonly weights: Value
  /** 1 or 0: [B*I]. Only with `sample` or extra heads. */
  readonly counted?: Value
  /** [V]. Only with `shift`. */
  readonly shift?: Value
}

/** What the cross-entropies of the extra heads weigh in the loss: one for each head that the model has. */
export type HeadWeights = Readonly<Partial<Record<ExtraHead, number>>>

/** Inputs of the extra heads' loss, 0 where nothing is predicted: int32 [B*I]. */
export const headTargets = { location: 'targetLocation', gap: 'targetGap' } as const satisfies Record<ExtraHead, string>

/** Declares the inputs of the loss over `tokens` = B*I positions. */
export function declareLossInputs(
  graph: Graph,
  objective: ObjectiveGraphOptions,
  tokens: number,
  behaviours: number,
  withHeads = false,
): LossInputs {
  return {
    target: graph.input('target', 'int32', [tokens]),
    weights: graph.input('weights', 'float32', [tokens]),
    ...(objective.sample === undefined && !withHeads ? {} : { counted: graph.input('counted', 'float32', [tokens]) }),
    ...(objective.shift ? { shift: graph.input('shift', 'float32', [behaviours]) } : {}),
  }
}

export interface TokenLosses {
  /** Scalar: the loss times the number of counted tokens. */
  readonly weightedSum: Value
  /** Plain cross-entropy of each token: [B*I]. */
  readonly tokenLoss: Value
  /** The weights that the sum used, with those of `sample`: [B*I]. */
  readonly weights: Value
}

/**
 * Weighted loss of logits [B*I, V], still to be divided by the number of counted tokens (scalar), and the plain
 * cross-entropy of each token [B*I].
 */
export function tokenLosses(objective: ObjectiveGraphOptions, logits: Value, inputs: LossInputs): TokenLosses {
  // An uncounted target may be V (unseen in training), which has no column.
  const target = clamp(inputs.target, 0, Number(logits.shape[1]) - 1)
  const tokenLoss = crossEntropy(logits, target).loss
  const shifted = inputs.shift === undefined ? tokenLoss : crossEntropy(add(logits, inputs.shift), target).loss
  const loss = objective.focalGamma === undefined ? shifted : focal(shifted, objective.focalGamma)
  const weights =
    objective.sample === undefined
      ? inputs.weights
      : multiply(inputs.weights, sampleWeights(objective.sample, stopGradient(loss), inputs.counted!))
  return { weightedSum: reduceSum(multiply(loss, weights)), tokenLoss, weights }
}

/** Sums over the counted tokens, before the division by their number. */
export interface HeadLosses {
  /** Scalar: the plain cross-entropies, each times its weight. */
  readonly weightedSum: Value
  /** Scalar of each head: its plain cross-entropy. */
  readonly sums: Readonly<Partial<Record<ExtraHead, Value>>>
}

/**
 * sum_heads weight * sum(counted * CE(head, target)): plain cross-entropy whatever the objective is, whose weights and shift are about behaviours. Declares the
 * heads' targets. Undefined without extra heads.
 *
 * @param counted 1 or 0: [B*I]
 */
export function headLosses(
  outputs: HeadOutputs,
  counted: Value | undefined,
  weights: HeadWeights,
): HeadLosses | undefined {
  const heads = extraHeads.filter((head) => outputs[head] !== undefined)
  if (heads.length === 0) return undefined
  assert(counted !== undefined, 'extra heads count what the behaviours count')
  const sums: Partial<Record<ExtraHead, Value>> = {}
  let weightedSum: Value | undefined
  for (const head of heads) {
    const weight = weights[head]
    assert(weight !== undefined, `the loss of the ${head} head has no weight`)
    const target = counted.graph.input(headTargets[head], 'int32', counted.shape)
    const sum = reduceSum(multiply(mixtureLoss(outputs[head]!, target), counted))
    sums[head] = sum
    weightedSum = weightedSum === undefined ? multiply(sum, weight) : add(weightedSum, multiply(sum, weight))
  }
  return { weightedSum: weightedSum!, sums }
}

/** (1 - p)^gamma CE with p = exp(-CE) (Lin et al., arXiv 1708.02002, equation 5). */
function focal(loss: Value, gamma: number): Value {
  // The lower bound keeps the derivative of the power finite where p rounds to 1.
  const wrong = maximum(subtract(1, exp(negate(loss))), 1e-6)
  return multiply(power(wrong, gamma), loss)
}

function sampleWeights(sample: SampleWeighting, loss: Value, counted: Value): Value {
  const count = reduceSum(counted) // N
  const isCounted = greater(counted, 0)
  if (sample.kind === 'kl') {
    const scores = where(isCounted, divide(loss, sample.tau), loss.graph.constant(-1e9))
    return multiply(softmax(scores), count)
  }
  // The token of rank r = 0, 1, ... by descending loss gets what is left of alpha N, at most 1, divided by alpha.
  const { indices } = sort(where(isCounted, loss, loss.graph.constant(-1e9)), { descending: true })
  const ranks = cast(range(loss.graph, loss.shape[0]), 'float32')
  const share = clamp(subtract(multiply(count, sample.alpha), ranks), 0, 1)
  return scatterAdd(divide(share, sample.alpha), indices, loss.shape[0])
}
