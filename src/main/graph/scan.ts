import { create } from '@bufbuild/protobuf'
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  NodeProtoSchema,
} from 'onnx-buf'
import { GraphError, isStatic } from './dimensions.ts'
import type { Graph, Value } from './graph.ts'
import { encodeAttribute, type OnnxOptions, serialize, valueInfo, writeGraph } from './onnx.ts'
import { optimize } from './optimize.ts'

/** Inputs that the repetitions share by name; `output` names the output that replaces the input in the next one. */
export type CarriedNames = readonly { readonly input: string; readonly output?: string }[]

/** The leading dimension of everything that is fed or fetched once per repetition. */
export const repetitions = 'repetitions'

interface Named {
  readonly name: string
  readonly value: Value
}

/**
 * Writes a model that computes a graph several times over: one `Scan` node whose body is the graph. Its inputs and outputs have the
 * graph's names. Carried inputs enter as they are, and their outputs leave as they are after the last repetition; without an output they
 * are the same in every repetition. All others are stacked along a new first axis, whose length is the number of repetitions.
 *
 * The number is dynamic, so that one session serves every number: a Scan takes it from its inputs, and the body's shapes do not depend on it.
 * The constants stand in the body, which is then optimised and planned exactly as the graph alone; in the outer graph they would be inputs of
 * the body, of which ONNX Runtime neither folds anything nor knows beforehand on which device they are wanted.
 *
 * @throws GraphError for a carried name that the graph lacks, a carried pair of unequal or symbolic shapes, and a graph with nothing to stack.
 */
export function toOnnxScan(
  graph: Graph,
  { target, metadata = {}, optimize: simplify = true, carried }: OnnxOptions & { readonly carried: CarriedNames },
): Uint8Array {
  const { shared, looped, stacked } = sortInputs(graph, carried)
  const outputs = carried.flatMap(({ output }) => (output === undefined ? [] : [find(graph.outputs, output)]))
  looped.forEach(({ name, value }, index) => {
    requireSameSignature(name, value, outputs[index])
  })
  const results = graph.outputs.filter(({ name }) => !outputs.some((output) => output.name === name))
  if (stacked.length === 0) throw new GraphError('toOnnxScan: no input says how many repetitions there are')

  const node = create(NodeProtoSchema, {
    opType: 'Scan',
    input: namesOf([...looped, ...stacked]),
    output: namesOf([...outputs, ...results]),
    attribute: [
      encodeAttribute('num_scan_inputs', stacked.length),
      create(AttributeProtoSchema, {
        name: 'body',
        type: AttributeProto_AttributeType.GRAPH,
        g: bodyOf(writeGraph(simplify ? optimize(graph) : graph, target), {
          inputs: namesOf([...looped, ...stacked]),
          outputs: namesOf([...outputs, ...results]),
        }),
      }),
    ],
  })
  const outer = create(GraphProtoSchema, {
    name: 'behavegpt-scan',
    node: [node],
    input: [...[...shared, ...looped].map(whole), ...stacked.map(stack)],
    output: [...outputs.map(whole), ...results.map(stack)],
  })
  return serialize(outer, target, metadata)
}

/** Inputs that are the same in each repetition, that one hands to the next, and that come stacked. */
function sortInputs(graph: Graph, carried: CarriedNames): { shared: Named[]; looped: Named[]; stacked: Named[] } {
  const names = new Set(carried.map(({ input }) => input))
  const pick = (pairs: CarriedNames) => pairs.map(({ input }) => find(graph.inputs, input))
  return {
    shared: pick(carried.filter(({ output }) => output === undefined)),
    looped: pick(carried.filter(({ output }) => output !== undefined)),
    stacked: graph.inputs.filter(({ name }) => !names.has(name)),
  }
}

function find(values: readonly Named[], name: string): Named {
  const found = values.find((value) => value.name === name)
  if (found === undefined) throw new GraphError(`toOnnxScan: the graph has no ${name}`)
  return found
}

function requireSameSignature(name: string, input: Value, output: Named): void {
  const next = output.value
  if (isStatic(input.shape) && input.type === next.type && input.shape.join() === next.shape.join()) return
  throw new GraphError(
    `toOnnxScan: ${name} is ${input.type} [${input.shape.join()}], what replaces it ${next.type} [${next.shape.join()}]`,
  )
}

/**
 * The graph as a body: its inputs and outputs in the order of the Scan's, under names of their own, since a body sees the names around it and
 * must not use them again. An input that is not listed keeps its name and so is read from outside.
 */
function bodyOf(graph: GraphProto, order: { inputs: readonly string[]; outputs: readonly string[] }): GraphProto {
  const inner = new Map([...order.inputs, ...order.outputs].map((name) => [name, `body/${name}`]))
  const rename = (name: string) => inner.get(name) ?? name
  for (const node of graph.node) {
    node.input = node.input.map(rename)
    node.output = node.output.map(rename)
  }
  const pick = (infos: GraphProto['input'], names: readonly string[]) =>
    names.map((name) => ({ ...infos.find((info) => info.name === name)!, name: rename(name) }))
  graph.input = pick(graph.input, order.inputs)
  graph.output = pick(graph.output, order.outputs)
  return graph
}

const namesOf = (values: readonly Named[]) => values.map(({ name }) => name)
const whole = ({ name, value }: Named) => valueInfo(name, value)
const stack = ({ name, value: { type, shape } }: Named) => valueInfo(name, { type, shape: [repetitions, ...shape] })
