import { GraphError, isStatic } from './dimensions.ts'
import { type ConstantData, constantData, Graph, type Node, reachable, type Value } from './graph.ts'

/** Constants with more elements than this are computed when the graph runs instead of being stored in it. */
const largestFolded = 4096

/**
 * An equal graph with less to do: constants folded, each operation's own simplifications applied, equal nodes merged, and what no
 * output needs left out. Inputs stay, used or not, and so do the names of outputs.
 */
export function optimize(graph: Graph): Graph {
  let current = rebuild(graph)
  // A simplification can make another one possible further up, so run until nothing changes.
  for (let next = rebuild(current); next.nodes.length < current.nodes.length; next = rebuild(current)) current = next
  return current
}

function rebuild(source: Graph): Graph {
  const graph = new Graph()
  const images = new Map<Value, Value>()
  for (const { name, value } of source.inputs) images.set(value, graph.input(name, value.type, value.shape))
  const imageOf = (value: Value): Value => {
    const image = images.get(value) ?? copyConstant(graph, value)
    images.set(value, image)
    return image
  }
  const needed = reachable(source)
  for (const node of source.nodes) {
    if (!node.outputs.some((output) => needed.has(output))) continue
    const outputs = rewritten(graph, node, node.inputs.map(imageOf))
    node.outputs.forEach((output, index) => {
      images.set(output, outputs[index])
    })
  }
  for (const { name, value } of source.outputs) graph.output(name, imageOf(value))
  return withoutDeadNodes(graph)
}

function copyConstant(graph: Graph, { origin, shape, type }: Value): Value {
  if (origin.kind !== 'constant') throw new GraphError('optimize: a value is read before it is computed')
  return graph.constant(origin.data, shape as readonly number[], type)
}

/** The node on new inputs: as constants, simplified, or as it was. */
function rewritten(graph: Graph, { operation, attributes, outputs }: Node, inputs: readonly Value[]): readonly Value[] {
  const data = inputs.map(constantData)
  if (inputs.length > 0 && data.every((elements) => elements !== undefined) && outputs.every(isFoldable)) {
    const tensors = data.map((elements, index) => ({
      data: Float64Array.from(elements as ConstantData),
      shape: inputs[index].shape as readonly number[],
    }))
    const shapes = outputs.map(({ shape }) => shape as readonly number[])
    const results = operation.interpret(tensors, attributes, shapes)
    return results.map((result, index) => graph.constant(result.data, shapes[index], outputs[index].type))
  }
  const simpler = operation.simplify?.(inputs, attributes)
  return simpler ? [simpler] : graph.apply(operation, inputs, attributes)
}

function isFoldable({ shape }: Value): boolean {
  return isStatic(shape) && shape.reduce((product, size) => product * size, 1) <= largestFolded
}

/** Simplifications leave nodes behind that they went round. */
function withoutDeadNodes(graph: Graph): Graph {
  const needed = reachable(graph)
  const alive = graph.nodes.filter((node) => node.outputs.some((output) => needed.has(output)))
  graph.nodes.splice(0, graph.nodes.length, ...alive)
  return graph
}
