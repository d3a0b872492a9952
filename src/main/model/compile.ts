import assert from 'node:assert'
import { type Graph, type Target, toOnnx } from '../graph/index.ts'
import type { CompiledGraph } from './compiled-graph.ts'

/** Which inputs of a graph are state, and the outputs that replace them. */
export type StateNames = readonly { readonly input: string; readonly output?: string }[]

/** Writes a graph as ONNX and lists what the host feeds and fetches. */
export function compileGraph(
  graph: Graph,
  options: { readonly target: Target; readonly state?: StateNames; readonly metadata?: Record<string, string> },
): CompiledGraph {
  const { target, state = [], metadata } = options
  const stateInputs = new Set(state.map(({ input }) => input))
  const stateOutputs = new Set(state.map(({ output }) => output))
  return {
    model: toOnnx(graph, { target, metadata }),
    state: state.map(({ input, output }) => {
      const found = graph.inputs.find(({ name }) => name === input)
      assert(found !== undefined, `the graph has no input ${input}`)
      return { input, output, shape: found.value.shape.map(Number) }
    }),
    inputs: graph.inputs
      .filter(({ name }) => !stateInputs.has(name))
      .map(({ name, value: { type, shape } }) => {
        assert(type !== 'bool', `the input ${name} is bool, which the host does not feed`)
        return { name, type, shape }
      }),
    outputs: graph.outputs
      .filter(({ name }) => !stateOutputs.has(name))
      .map(({ name, value: { shape } }) => ({ name, shape })),
  }
}
