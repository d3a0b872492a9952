import { habitDecays } from '../../shared/habit.ts'
import {
  add,
  and,
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
  subtract,
  type Value,
} from '../graph/index.ts'
import { decayByAge, select, sum } from './habit.ts'

/*
 * What the extra heads say: a mixture of what the transformer says with what the user's window holds,
 *
 *   p = g_0 softmax(m) + sum_k g_k n_k / |n_k|
 *
 * n_k[i, c] counts class c (a location, a bucket of time gaps) in the window up to position i, with the decays of the habit term; the gates g are as there. Nothing from
 * before the window is read: over thousands of locations that would be a large input. A memory that is empty leaves its share to the transformer.
 *
 * Only inference writes the mixture down over all C classes. A loss asks for one class at each position, and what the window says of one is a matter of [I, I].
 */

const K = habitDecays.length

/** Added to p, so that the logarithm stays finite where transformer and window rule a class out. */
const smallestProbability = 1e-9

/** The mixture, not yet written down over the classes. R = B*Q rows; Q positions of each sequence are asked for: all I, or 1 with a selection. */
export interface WindowMixture {
  /** m, what the transformer says: [R, C]. */
  readonly logits: Value
  /** How far it is trusted: [R, 1]. */
  readonly trust: Value
  /** What each event of the window adds to the probability of its own class; 0 for later ones: [B, Q, I]. */
  readonly votes: Value
  /** The class of each event: int32 [B, I]. */
  readonly seen: Value
}

export interface WindowInputs {
  /** Token ids, to tell padding from events: int32 [B, I]. */
  readonly behaviour: Value
  /** Token id of padding, V + 1. */
  readonly padding: number
  /** Class of each event, C and above for none: int32 [B, I]. */
  readonly seen: Value
  /** As in the habit term: [B, 1, I]. */
  readonly selection?: Value
}

/** Mixes logits m [R, C] with the window; h [R, D] and the parameters `NAME.gate.*` say whom to trust. */
export function mixWithWindow(
  parameter: (role: string) => Value,
  { behaviour, padding, seen, selection }: WindowInputs,
  m: Value,
  h: Value,
): WindowMixture {
  const [B, I] = behaviour.shape
  const Q = selection === undefined ? I : 1
  const classes = Number(m.shape[1])
  const counts = reshape(cast(and(less(behaviour, padding), less(seen, classes)), 'float32'), [B, 1, I])
  const weights = habitDecays.map((decay) =>
    multiply(select(decayByAge(behaviour.graph, I, decay), selection).withinWindow, counts),
  ) // K times [B, Q, I]
  const totals = weights.map((weight) => reduceSum(weight, { axes: [2], keep: true })) // K times [B, Q, 1]
  // The latest event weighs 1, so that a memory is empty or holds at least 1 wherever only a row's first event has no class.
  const sizes = totals.map((total) => maximum(total, 1))
  const gates = reshape(gatesOf(parameter, h, totals[0]), [B, Q, K + 1])
  const gate = (component: number) => slice(gates, 2, component, 1) // [B, Q, 1]
  const votes = sum(weights.map((weight, k) => multiply(weight, divide(gate(k + 1), sizes[k]))))
  const unused = totals.map((total, k) => multiply(gate(k + 1), subtract(1, divide(total, sizes[k]))))
  const trust = reshape(sum([gate(0), ...unused]), [multiplyDimensions(B, Q), 1])
  return { logits: m, trust, votes, seen }
}

/** Whom to trust, by the hidden state and the length of the window so far: [R, K + 1]. */
function gatesOf(parameter: (role: string) => Value, h: Value, events: Value): Value {
  const evidence = reshape(log(add(events, 1)), [h.shape[0], 1])
  const scores = linear(h, parameter('gate.weight'), parameter('gate.bias'))
  return softmax(add(scores, multiply(evidence, parameter('gate.history'))))
}

/** log p of every class: [R, C]. */
export function mixtureLogits({ logits, trust, votes, seen }: WindowMixture): Value {
  const [R, C] = logits.shape
  const window = reshape(matmul(votes, oneHot(seen, Number(C))), [R, C])
  return log(add(add(multiply(softmax(logits), trust), window), smallestProbability))
}

/** -log p of one class for every position, what `mixtureLogits` has there but for the rounding: int32 target [B*I] -> [B*I]. */
export function mixtureLoss({ logits, trust, votes, seen }: WindowMixture, target: Value): Value {
  const [B, I] = seen.shape
  const R = logits.shape[0]
  const same = cast(equal(reshape(target, [B, I, 1]), reshape(seen, [B, 1, I])), 'float32') // [B, I, I]
  const window = reshape(reduceSum(multiply(votes, same), { axes: [2] }), [R])
  const network = multiply(exp(negate(crossEntropy(logits, target).loss)), reshape(trust, [R]))
  return negate(log(add(add(network, window), smallestProbability)))
}
