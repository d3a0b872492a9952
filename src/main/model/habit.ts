import { habitDecays } from '../../shared/habit.ts'
import {
  add,
  cast,
  causalMask,
  concat,
  divide,
  exp,
  type Graph,
  less,
  linear,
  log,
  matmul,
  multiply,
  multiplyDimensions,
  oneHot,
  range,
  reduceSum,
  reshape,
  type Shape,
  slice,
  softmax,
  subtract,
  type Value,
} from '../graph/index.ts'
import { type Successors, successorsOf, type Transitions } from './transitions.ts'

/*
 * The habit term: a mixture of what the transformer says with what the user did before, in the manner of pointer-generator networks
 * (See et al., arXiv 1704.04368):
 *
 *   p = g_0 softmax(m) + sum_k g_k n_k / |n_k| [ + g_M n_M / |n_M| ],   logits = log p + t
 *
 * n_k[i, c] counts behaviour c in the user's history up to position i, an event weighing decay_k times less with every event after it; the
 * gates g = softmax(W h + u log(1 + |n_0|) + b) say for each position whom to trust. A mixture, not a sum of logits: there the popularity of a
 * behaviour multiplies into the habit and drowns it (measured: NLL 2.99 -> 2.90 and twice the macro recall on check-ins). The tilt t [V] lets an
 * objective that weighs classes differently reach the habits too, which no gate tells apart by class.
 *
 * n_M, an option, is no habit but what everybody did after the last behaviour (transitions.ts); its evidence log(1 + |n_M|) speaks to the gates too.
 */

const K = habitDecays.length

/** Added to |n_k|: a memory in which next to nothing is left says next to nothing. */
const smallestMemory = 0.01
/** Added to p, so that the logarithm and its derivative stay finite where all behaviours are ruled out. */
const smallestProbability = 1e-9

export interface HabitInputs {
  /** Token ids; ids of V and above are no behaviours: int32 [B, I]. */
  readonly behaviour: Value
  /** The memories before the window: [B, K, V]. */
  readonly priorCounts: Value
  /** 1 at the only position of each sequence that is asked for, else 0: [B, 1, I]. All positions are asked for when absent. */
  readonly selection?: Value
  /** Only with transitions. */
  readonly transitions?: Transitions
}

/**
 * Mixes the transformer's logits m [B*Q, V] with the habit memories; h [B*Q, D] is what the gates read. Q positions of each sequence
 * are asked for: all I, or 1 with a selection. Returns log p: [B*Q, V].
 */
export function mixWithHabit(
  parameters: (name: string) => Value,
  { behaviour, priorCounts, selection, transitions }: HabitInputs,
  m: Value,
  h: Value,
): Value {
  const [B, I] = behaviour.shape
  const V = Number(priorCounts.shape[2])
  const Q = selection === undefined ? I : 1
  const rows = multiplyDimensions(B, Q)
  const decays = habitDecays.map((decay) => select(decayByAge(behaviour.graph, I, decay), selection))
  const totals = rememberedTotals(decays, behaviour, priorCounts) // K times [B, Q, 1]
  const successors = transitions === undefined ? undefined : successorsOf(behaviour, transitions, selection)
  const history = reshape(log(add(totals[0], 1)), [rows, 1])
  const gates = reshape(gatesOf(parameters, h, history, successors), [B, Q, K + (successors === undefined ? 1 : 2)])
  const trust = totals.map((total, k) => divide(slice(gates, 2, k + 1, 1), add(total, smallestMemory))) // K times [B, Q, 1]
  // Both sums over memories are taken before the wide products over V: one weight per pair of positions.
  const inWindow = sum(trust.map((weight, k) => multiply(weight, decays[k].withinWindow))) // [B, Q, I]
  const before = concat(
    trust.map((weight, k) => multiply(weight, decays[k].beforeWindow)),
    2,
  ) // [B, Q, K]
  const habit = add(matmul(inWindow, oneHot(behaviour, V)), matmul(before, priorCounts)) // [B, Q, V]
  const gate = (component: number) => reshape(slice(gates, 2, component, 1), [rows, 1])
  const components = [multiply(softmax(m), gate(0)), reshape(habit, [rows, V])]
  if (successors !== undefined) {
    components.push(multiply(successors.counts, divide(gate(K + 1), add(successors.total, smallestMemory))))
  }
  return add(log(add(sum(components), smallestProbability)), parameters('habit.tilt'))
}

/** Whom to trust at each position: the transformer, the memories and, with transitions, the successors: [B*Q, K + 1 or K + 2]. */
function gatesOf(parameters: (name: string) => Value, h: Value, history: Value, successors?: Successors): Value {
  const evidence = [multiply(history, parameters('habit.gate.history'))]
  if (successors !== undefined) {
    evidence.push(multiply(log(add(successors.total, 1)), parameters('habit.gate.transitions')))
  }
  return softmax(add(linear(h, parameters('habit.gate.weight'), parameters('habit.gate.bias')), sum(evidence)))
}

/** How much events of the window, and what came before it, weigh at each position. */
export interface Decay {
  /** decay^(i - j) for j <= i, else 0: [I, I], or [B, 1, I] for a selected i. */
  readonly withinWindow: Value
  /** decay^(i + 1), the weight at position i of the last event before the window: [I, 1], or [B, 1, 1] for a selected i. */
  readonly beforeWindow: Value
}

/** The rows of the selected positions, or all. */
export function select({ withinWindow, beforeWindow }: Decay, selection: Value | undefined): Decay {
  if (selection === undefined) return { withinWindow, beforeWindow }
  return { withinWindow: matmul(selection, withinWindow), beforeWindow: matmul(selection, beforeWindow) }
}

/** The weights of a memory that an event decays by `decay` with every event after it. */
export function decayByAge(graph: Graph, I: Shape[number], decay: number): Decay {
  const position = cast(range(graph, I), 'float32')
  const weight = (age: Value) => exp(multiply(age, Math.log(decay)))
  const visible = cast(causalMask(graph, I), 'float32')
  // Masked before the exponential, which would overflow where the age is negative.
  const age = multiply(subtract(reshape(position, [I, 1]), reshape(position, [1, I])), visible)
  return { withinWindow: multiply(weight(age), visible), beforeWindow: weight(add(reshape(position, [I, 1]), 1)) }
}

/** |n_k|, the sum of each memory over all behaviours: K times [B, Q, 1]. */
function rememberedTotals(decays: readonly Decay[], behaviour: Value, priorCounts: Value): Value[] {
  const [B, I] = behaviour.shape
  const known = reshape(cast(less(behaviour, Number(priorCounts.shape[2])), 'float32'), [B, I, 1])
  const prior = reduceSum(priorCounts, { axes: [2] }) // [B, K]
  return decays.map(({ withinWindow, beforeWindow }, k) =>
    add(matmul(withinWindow, known), multiply(reshape(slice(prior, 1, k, 1), [B, 1, 1]), beforeWindow)),
  )
}

/** The sum of one or more values of one shape. */
export function sum(values: readonly Value[]): Value {
  return values.reduce((total, value) => add(total, value))
}
