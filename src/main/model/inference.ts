import assert from 'node:assert'
import type { TransitionCounts } from '../../shared/transitions.ts'
import {
  cast,
  concat,
  equal,
  Graph,
  matmul,
  multiply,
  range,
  reduceSum,
  reshape,
  type Target,
  type Value,
} from '../graph/index.ts'
import { behaveGpt, declareModelInputs, type HeadOutputs, unpackParameters } from './behavegpt.ts'
import { compileGraph } from './compile.ts'
import type { CompiledGraph } from './compiled-graph.ts'
import type { ModelConfiguration } from './configuration.ts'
import { layoutParameters } from './parameters.ts'
import { mixtureLogits } from './window-mixture.ts'

export interface InferenceGraphOptions {
  readonly target: Target
  /**
   * Flat parameters, stored inside the ONNX model; without them they are the state input `parameters` [count].
   */
  readonly parameters?: Float32Array
  /** Stored in the ONNX model: vocabulary, preprocessing. */
  readonly metadata?: Record<string, string>
  /** For a model that reads them; stored inside the ONNX model. */
  readonly transitions?: TransitionCounts
  /** With `last`, only the logits after one position of each sequence, named by the input `last` (int32 [batch]): output [batch, V]. */
  readonly positions?: 'all' | 'last'
  /** Only with `last`: also the output `attention` [batch, layers, length], see `attentionOfSelected`. */
  readonly attention?: boolean
  /** Also the outputs `locationLogits` [..., L] and `gapLogits` [..., G], of the heads that the model has. */
  readonly heads?: boolean
}

/**
 * The model for inference: inputs `behaviour`, `location`, `weekday`, `slot` (int32 [batch, length]), `priorCounts` (float32 [batch, K, V],
 * with the habit term), `targetWeekday` and `targetSlot` (with target time), `gapBefore` (with `heads`, of a model with a gap head); output `logits` [batch, length, V],
 * with `heads` also `locationLogits` [batch, length, L] and `gapLogits` [batch, length, G].
 * Batch and length are dynamic, the length up to the model's. Nothing is dropped.
 */
export function compileInference(model: ModelConfiguration, options: InferenceGraphOptions): CompiledGraph {
  const { target, parameters, metadata } = options
  return compileGraph(buildInference(model, options), {
    target,
    state: parameters === undefined ? [{ input: 'parameters' }] : [],
    metadata,
  })
}

/** The graph of `compileInference`. */
export function buildInference(
  model: ModelConfiguration,
  {
    parameters,
    positions = 'all',
    transitions,
    attention = false,
    heads = false,
  }: Pick<InferenceGraphOptions, 'parameters' | 'positions' | 'transitions' | 'attention' | 'heads'> = {},
): Graph {
  const graph = new Graph()
  const layout = layoutParameters(model)
  assert(parameters === undefined || parameters.length === layout.count, 'the parameters belong to another model')
  const tensors =
    parameters === undefined
      ? unpackParameters(graph.input('parameters', 'float32', [layout.count]), layout)
      : (name: string) => {
          const { offset, size, shape } = layout.byName.get(name)!
          return graph.constant(parameters.subarray(offset, offset + size), shape)
        }
  // Without the heads the graph is that of a model that has none, and reads nothing for them.
  const built = heads ? model : { ...model, locationHead: false, gapHead: false }
  const inputs = declareModelInputs(graph, built, 'batch', 'length', transitions)
  assert(!attention || positions === 'last', 'attention is told of one position of each sequence')
  if (positions === 'all') {
    const outputs = behaveGpt(built, tensors, inputs) // of batch * length rows
    const byPosition = (logits: Value) => reshape(logits, ['batch', 'length', logits.shape[1]])
    graph.output('logits', byPosition(outputs.behaviour))
    if (heads) outputHeads(graph, outputs, byPosition)
  } else {
    const last = reshape(graph.input('last', 'int32', ['batch']), ['batch', 1, 1])
    const selection = cast(equal(last, range(graph, 'length')), 'float32') // [batch, 1, length]
    const weights: Value[] = []
    const observe = attention ? (layer: Value) => weights.push(layer) : undefined
    const outputs = behaveGpt(built, tensors, { ...inputs, selection }, undefined, observe) // of batch rows
    graph.output('logits', outputs.behaviour)
    if (heads) outputHeads(graph, outputs, (logits) => logits)
    if (attention) graph.output('attention', attentionOfSelected(weights, selection))
  }
  return graph
}

function outputHeads(graph: Graph, { location, gap }: HeadOutputs, shaped: (logits: Value) => Value): void {
  if (location !== undefined) graph.output('locationLogits', shaped(mixtureLogits(location)))
  if (gap !== undefined) graph.output('gapLogits', shaped(mixtureLogits(gap)))
}

/**
 * How the selected position of each sequence attends to the events: by layer, the mean of its weights over the heads. Each row sums to 1;
 * later events and padding have 0: [batch, layers, length]. `weights` of each layer [batch, heads, length, length], `selection` [batch, 1, length].
 */
function attentionOfSelected(weights: readonly Value[], selection: Value): Value {
  const [, , length] = selection.shape
  return concat(
    weights.map((layer) => {
      const heads = Number(layer.shape[1])
      // Selected before the mean, which then is over one row and not over all.
      const row = matmul(reshape(selection, ['batch', 1, 1, length]), layer) // [batch, heads, 1, length]
      return reshape(multiply(reduceSum(row, { axes: [1] }), 1 / heads), ['batch', 1, length])
    }),
    1,
  )
}
