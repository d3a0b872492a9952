import { type Bindings, formatShape, GraphError, resolveShape } from './dimensions.ts'
import { type Graph, reachable, type Tensor, type Value } from './graph.ts'

/** What an interpretation is fed: elements in row-major order and sizes; the sizes give the symbolic dimensions their values. */
export interface Feed {
  readonly data: ArrayLike<number>
  readonly shape: readonly number[]
}

/**
 * Computes the outputs of a graph in float64, operation by operation: slow, simple, and the reference for everything faster.
 * Throws GraphError when an input is missing or does not have its declared shape.
 */
export function interpret(graph: Graph, feeds: Readonly<Record<string, Feed>>): Record<string, Tensor> {
  const bindings = bindDimensions(graph, feeds)
  const tensors = new Map<Value, Tensor>()
  for (const { name, value } of graph.inputs) {
    tensors.set(value, { data: Float64Array.from(feeds[name].data), shape: feeds[name].shape })
  }
  const tensorOf = (value: Value): Tensor => {
    const known = tensors.get(value)
    if (known) return known
    const { origin } = value
    if (origin.kind !== 'constant') throw new GraphError('interpret: a value is read before it is computed')
    const constant = { data: Float64Array.from(origin.data), shape: value.shape as readonly number[] }
    tensors.set(value, constant)
    return constant
  }
  const needed = reachable(graph)
  for (const node of graph.nodes) {
    if (!node.outputs.some((output) => needed.has(output))) continue
    const shapes = node.outputs.map((output) => resolveShape(output.shape, bindings))
    const results = node.operation.interpret(node.inputs.map(tensorOf), node.attributes, shapes)
    node.outputs.forEach((output, index) => {
      tensors.set(output, results[index])
    })
  }
  return Object.fromEntries(graph.outputs.map(({ name, value }) => [name, tensorOf(value)]))
}

/** Sizes of the symbolic dimensions, from the shapes of the feeds. Throws when feeds contradict the graph or each other. */
function bindDimensions(graph: Graph, feeds: Readonly<Record<string, Feed>>): Bindings {
  const bindings = new Map<string, number>()
  for (const { name, value } of graph.inputs) {
    const feed = feeds[name]
    if (!feed) throw new GraphError(`interpret: input ${name} is not fed`)
    const size = feed.shape.reduce((product, dimension) => product * dimension, 1)
    const fits =
      feed.data.length === size &&
      feed.shape.length === value.rank &&
      value.shape.every((dimension, axis) => {
        const fed = feed.shape[axis]
        if (typeof dimension === 'number') return dimension === fed
        const bound = bindings.get(dimension) ?? fed
        bindings.set(dimension, bound)
        return bound === fed
      })
    if (!fits) {
      const bound = [...bindings].map(([symbol, fed]) => `${symbol}=${fed}`).join(', ')
      throw new GraphError(
        `interpret: input ${name} is fed ${feed.data.length} elements of ${formatShape(feed.shape)}, but is ` +
          `${value.type} ${formatShape(value.shape)}${bound && ` with ${bound}`}`,
      )
    }
  }
  return bindings
}
