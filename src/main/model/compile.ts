import assert from 'node:assert'
import {
  type CarriedNames,
  type Graph,
  repetitions,
  type Shape,
  type Target,
  toOnnx,
  toOnnxScan,
} from '../graph/index.ts'
import type { CompiledGraph } from './compiled-graph.ts'

/** Which inputs of a graph are state, and the outputs that replace them. */
export type StateNames = CarriedNames

/**
 * Writes a graph as ONNX and lists what the host feeds and fetches. A repeated one computes the graph as often as its stacked inputs say,
 * its state going from one repetition to the next.
 */
export function compileGraph(
  graph: Graph,
  options: {
    readonly target: Target
    readonly state?: StateNames
    readonly metadata?: Record<string, string>
    readonly repeated?: boolean
  },
): CompiledGraph {
  const { target, state = [], metadata, repeated = false } = options
  const stacked = (shape: Shape) => (repeated ? [repetitions, ...shape] : shape)
  const stateInputs = new Set(state.map(({ input }) => input))
  const stateOutputs = new Set(state.map(({ output }) => output))
  return {
    model: repeated ? toOnnxScan(graph, { target, metadata, carried: state }) : toOnnx(graph, { target, metadata }),
    state: state.map(({ input, output }) => {
      const found = graph.inputs.find(({ name }) => name === input)
      assert(found !== undefined, `the graph has no input ${input}`)
      return { input, output, shape: found.value.shape.map(Number) }
    }),
    inputs: graph.inputs
      .filter(({ name }) => !stateInputs.has(name))
      .map(({ name, value: { type, shape } }) => {
        assert(type !== 'bool', `the input ${name} is bool, which the host does not feed`)
        return { name, type, shape: stacked(shape) }
      }),
    outputs: graph.outputs
      .filter(({ name }) => !stateOutputs.has(name))
      .map(({ name, value: { shape } }) => ({ name, shape: stacked(shape) })),
    repeated,
  }
}
