import { habitDecays } from '../../shared/habit.ts'
import {
  add,
  cast,
  crossEntropy,
  divide,
  equal,
  exp,
  less,
  linear,
  log,
  matmul,
  maximum,
  multiply,
  multiplyDimensions,
  negate,
  oneHot,
  reduceSum,
  reshape,
  slice,
  softmax,
  type Value,
} from '../graph/index.ts'
import { decayByAge, select, sum } from './habit.ts'

/*
 * The location head: where the next event happens, as a mixture of what the transformer says with the places of the window,
 *
 *   p = g_0 softmax(m) + sum_k g_k n_k / |n_k|,   m = (h W) E_l' + b
 *
 * The places share their embedding with the input (weight tying; Press and Wolf, arXiv 1608.05859): a quarter of the parameters and of the products that a matrix
 * [D, L] of its own would take, and L is in the thousands. n_k[i, l] counts location l in the window up to position i with the decays of the habit term; unlike there,
 * nothing from before the window is read, which would be an input [B, K, L]. Location 0, "elsewhere or unknown", is a class and counts like every other.
 *
 * Only inference writes the mixture down over all locations. A loss asks for one of them at each position, and what the window says of one is a matter of [I, I].
 */

const K = habitDecays.length

/** Added to p, so that the logarithm stays finite where transformer and window rule a location out. */
const smallestProbability = 1e-9

/** The mixture, not yet written down over the locations. R = B*Q rows; Q positions of each sequence are asked for: all I, or 1 with a selection. */
export interface LocationMixture {
  /** m, what the transformer says: [R, L]. */
  readonly logits: Value
  /** g_0, how far it is trusted: [R, 1]. */
  readonly trust: Value
  /** What each event of the window adds to the probability of its own location; 0 for padding and for later events: [B, Q, I]. */
  readonly votes: Value
  /** Where those events were: int32 [B, I]. */
  readonly visited: Value
}

export interface LocationHeadInputs {
  /** Token ids, V + 1 where padded: int32 [B, I]. */
  readonly behaviour: Value
  /** The places of the events, none hidden: int32 [B, I]. */
  readonly visited: Value
  /** As in the habit term: [B, 1, I]. */
  readonly selection?: Value
}

/**
 * The location head on normalised hidden states h [R, D].
 *
 * @param padding token id of padding, V + 1
 */
export function locationHead(
  parameters: (name: string) => Value,
  { behaviour, visited, selection }: LocationHeadInputs,
  h: Value,
  padding: number,
): LocationMixture {
  const [B, I] = behaviour.shape
  const Q = selection === undefined ? I : 1
  const query = linear(h, parameters('locationHead.query.weight')) // [R, d]
  const logits = add(
    matmul(query, parameters('embedding.location'), { transposeB: true }),
    parameters('locationHead.bias'),
  )
  const isEvent = reshape(cast(less(behaviour, padding), 'float32'), [B, 1, I])
  const weights = habitDecays.map((decay) =>
    multiply(select(decayByAge(behaviour.graph, I, decay), selection).withinWindow, isEvent),
  ) // K times [B, Q, I]
  // An event weighs 1 at its own position, so the bound touches padding only.
  const totals = weights.map((weight) => maximum(reduceSum(weight, { axes: [2], keep: true }), 1)) // K times [B, Q, 1]
  const gates = reshape(gatesOf(parameters, h, totals[0]), [B, Q, K + 1])
  const votes = sum(weights.map((weight, k) => multiply(weight, divide(slice(gates, 2, k + 1, 1), totals[k]))))
  return { logits, trust: reshape(slice(gates, 2, 0, 1), [multiplyDimensions(B, Q), 1]), votes, visited }
}

/** Whom to trust, by the hidden state and the length of the window so far: [R, K + 1]. */
function gatesOf(parameters: (name: string) => Value, h: Value, events: Value): Value {
  const evidence = reshape(log(add(events, 1)), [h.shape[0], 1])
  const scores = linear(h, parameters('locationHead.gate.weight'), parameters('locationHead.gate.bias'))
  return softmax(add(scores, multiply(evidence, parameters('locationHead.gate.history'))))
}

/** log p of every location: [R, L]. */
export function locationLogits({ logits, trust, votes, visited }: LocationMixture): Value {
  const [R, L] = logits.shape
  const window = reshape(matmul(votes, oneHot(visited, Number(L))), [R, L])
  return log(add(add(multiply(softmax(logits), trust), window), smallestProbability))
}

/** -log p of one location for every position, what `locationLogits` has there but for the rounding: int32 target [B*I] -> [B*I]. */
export function locationLoss({ logits, trust, votes, visited }: LocationMixture, target: Value): Value {
  const [B, I] = visited.shape
  const R = logits.shape[0]
  const same = cast(equal(reshape(target, [B, I, 1]), reshape(visited, [B, 1, I])), 'float32') // [B, I, I]
  const window = reshape(reduceSum(multiply(votes, same), { axes: [2] }), [R])
  const network = multiply(exp(negate(crossEntropy(logits, target).loss)), reshape(trust, [R]))
  return negate(log(add(add(network, window), smallestProbability)))
}
