import { type Bindings, elements, resolveDimension } from './dimensions.ts'
import type { Graph, Value } from './graph.ts'
import { reshapedFrom } from './operations/layout.ts'
import { optimize } from './optimize.ts'

const elementBytes = { float32: 4, int32: 4, bool: 1 } as const

/**
 * Bytes of the computed values that are alive at once, at most: nodes run in their order, a value is freed after the last node that
 * reads it, and outputs live to the end. Inputs and constants do not count; a reshaped value shares the memory of what it reshapes.
 *
 * @param sizes of the symbolic dimensions, by name
 */
export function peakBytes(graph: Graph, sizes: Readonly<Record<string, number>> = {}): number {
  const bindings: Bindings = new Map(Object.entries(sizes))
  const bytes = ({ type, shape }: Value) => elementBytes[type] * resolveDimension(elements(shape), bindings)
  const optimized = optimize(graph)
  const dying = valuesByLastReader(optimized)
  let alive = 0
  let peak = 0
  for (const [index, { outputs }] of optimized.nodes.entries()) {
    for (const output of outputs) if (memoryOf(output) === output) alive += bytes(output)
    peak = Math.max(peak, alive)
    for (const value of dying[index]) alive -= bytes(value)
  }
  return peak
}

/** For each node, the computed values that nothing reads after it. */
function valuesByLastReader({ nodes, outputs }: Graph): Value[][] {
  const lastReader = new Map<Value, number>()
  for (const [index, node] of nodes.entries()) {
    for (const value of [...node.inputs, ...node.outputs]) lastReader.set(memoryOf(value), index)
  }
  for (const { value } of outputs) lastReader.delete(memoryOf(value))
  const dying = nodes.map((): Value[] => [])
  for (const [value, index] of lastReader) if (value.origin.kind === 'node') dying[index].push(value)
  return dying
}

/** The value in whose memory this one lies. */
function memoryOf(value: Value): Value {
  const source = reshapedFrom(value)
  return source === undefined ? value : memoryOf(source)
}
