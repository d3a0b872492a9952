import assert from 'node:assert'
import type { TransitionCounts } from '../../shared/transitions.ts'
import {
  cast,
  clamp,
  type Graph,
  gather,
  maximum,
  multiply,
  multiplyDimensions,
  oneHot,
  reduceSum,
  reshape,
  subtract,
  type Value,
} from '../graph/index.ts'

/*
 * What followed the last behaviour in the training period: a first-order Markov chain, as one more component of the habit term's mixture. Its counts are a fixed
 * table, no parameter: nothing trains or decays them.
 */

export interface Transitions {
  /** How often column c followed row a in the training period; row V, the unknown behaviour, is what it is in the counts: [V + 1, V]. */
  readonly table: Value
  /** While training, the class id of each position's target, whose own transition is in the counts: int32 [B*I]. */
  readonly leftOut?: Value
}

/** Taken off each count (absolute discounting; Ney, Essen and Kneser 1994): what has been seen once is hardly evidence, and the other components get the rest. */
const discount = 0.75

/** The table of a graph, stored in it. */
export function declareTransitions(graph: Graph, behaviours: number, counts: TransitionCounts): Transitions {
  return { table: graph.constant(denseTransitions(behaviours, counts), [behaviours + 1, behaviours]) }
}

function denseTransitions(behaviours: number, { offsets, successors, counts }: TransitionCounts): Float32Array {
  assert.strictEqual(offsets.length, behaviours + 2, 'one row of transitions for each behaviour and the unknown one')
  const table = new Float32Array((behaviours + 1) * behaviours)
  for (let previous = 0; previous <= behaviours; previous++) {
    for (let entry = offsets[previous]; entry < offsets[previous + 1]; entry++) {
      table[previous * behaviours + successors[entry]] = counts[entry]
    }
  }
  return table
}

export interface Successors {
  /** Discounted counts of what followed: [R, V]. */
  readonly counts: Value
  /** All that followed, before the discount: [R, 1]. */
  readonly total: Value
}

/**
 * What followed the last behaviour of each position: R = B*I rows, or B with a selection. Padding has the unknown behaviour's row.
 *
 * A target's own transition is left out, or the training would find every transition that it predicts among the counts and trust them more than they deserve
 * later on. Where no target counts, something else is left out, which nothing reads.
 */
export function successorsOf(
  behaviour: Value,
  { table, leftOut }: Transitions,
  selection: Value | undefined,
): Successors {
  const V = Number(table.shape[1])
  const seen = gather(table, clamp(lastBehaviours(behaviour, selection), 0, V)) // [R, V]
  const others = leftOut === undefined ? seen : maximum(subtract(seen, oneHot(leftOut, V)), 0)
  return {
    counts: maximum(subtract(others, discount), 0),
    total: reduceSum(others, { axes: [1], keep: true }),
  }
}

/** int32 [R]; whole numbers times 0 and 1 and their sum are exact in float32. */
function lastBehaviours(behaviour: Value, selection: Value | undefined): Value {
  const [B, I] = behaviour.shape
  if (selection === undefined) return reshape(behaviour, [multiplyDimensions(B, I)])
  return cast(reduceSum(multiply(reshape(selection, [B, I]), cast(behaviour, 'float32')), { axes: [1] }), 'int32')
}
