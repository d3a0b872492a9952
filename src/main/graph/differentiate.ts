import { formatShape, GraphError } from './dimensions.ts'
import type { Node, Value } from './graph.ts'
import { add } from './operations/elementwise.ts'
import { filled } from './operations/slicing.ts'

/**
 * Gradients of a scalar loss by values of the same graph, as further values of that graph (reverse mode: one sweep from the loss
 * back, summing over the uses of each value). A value that the loss does not depend on, or only through operations without
 * gradient, gets zeros. Throws GraphError when the loss is not a float32 scalar.
 */
export function gradients(loss: Value, by: readonly Value[]): Value[] {
  if (loss.rank !== 0 || loss.type !== 'float32') {
    throw new GraphError(`gradients: the loss must be a float32 scalar, not ${loss.type} ${formatShape(loss.shape)}`)
  }
  const { graph } = loss
  const wanted = dependants(graph.nodes, by)
  const found = new Map<Value, Value>([[loss, graph.constant(1)]])
  for (const node of graph.nodes.slice().reverse()) {
    if (node.outputs.some((output) => wanted.has(output) && found.has(output))) propagate(node, wanted, found)
  }
  return by.map((value) => found.get(value) ?? filled(graph, value.shape, 0, 'float32'))
}

/** The values `by` and everything computed from them: only these need a gradient. */
function dependants(nodes: readonly Node[], by: readonly Value[]): Set<Value> {
  const set = new Set(by)
  for (const { inputs, outputs, operation } of nodes) {
    if (operation.derivative && inputs.some((input) => set.has(input))) for (const output of outputs) set.add(output)
  }
  return set
}

/** Adds to the gradients of a node's inputs what its outputs' gradients make of them. */
function propagate(node: Node, wanted: ReadonlySet<Value>, found: Map<Value, Value>): void {
  const { operation, inputs, outputs, attributes } = node
  if (!operation.derivative) return
  const byInputs = operation.derivative({
    graph: outputs[0].graph,
    inputs,
    outputs,
    attributes,
    gradients: outputs.map((output) => found.get(output)),
    wants: (input) => wanted.has(inputs[input]),
  })
  inputs.forEach((input, index) => {
    const gradient = byInputs[index]
    if (gradient === undefined || !wanted.has(input)) return
    const sum = found.get(input)
    found.set(input, sum ? add(sum, gradient) : gradient)
  })
}
