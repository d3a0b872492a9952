import assert from 'node:assert'
import type { TransitionCounts } from '../../shared/transitions.ts'
import { cast, equal, Graph, range, reshape, type Target } from '../graph/index.ts'
import { behaveGpt, declareModelInputs, unpackParameters } from './behavegpt.ts'
import { compileGraph } from './compile.ts'
import type { CompiledGraph } from './compiled-graph.ts'
import type { ModelConfiguration } from './configuration.ts'
import { layoutParameters } from './parameters.ts'

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
}

/**
 * The model for inference: inputs `behaviour`, `location`, `weekday`, `slot` (int32 [batch, length]), `priorCounts` (float32 [batch, K, V],
 * with the habit term), `targetWeekday` and `targetSlot` (with target time); output `logits` [batch, length, V].
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
  }: Pick<InferenceGraphOptions, 'parameters' | 'positions' | 'transitions'> = {},
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
  const inputs = declareModelInputs(graph, model, 'batch', 'length', transitions)
  if (positions === 'all') {
    const logits = behaveGpt(model, tensors, inputs) // [batch * length, V]
    graph.output('logits', reshape(logits, ['batch', 'length', model.behaviours]))
  } else {
    const last = reshape(graph.input('last', 'int32', ['batch']), ['batch', 1, 1])
    const selection = cast(equal(last, range(graph, 'length')), 'float32') // [batch, 1, length]
    graph.output('logits', behaveGpt(model, tensors, { ...inputs, selection }))
  }
  return graph
}
