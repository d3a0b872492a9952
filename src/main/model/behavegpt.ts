import assert from 'node:assert'
import { habitDecays } from '../../shared/habit.ts'
import type { TransitionCounts } from '../../shared/transitions.ts'
import {
  add,
  and,
  causalMask,
  concat,
  type Graph,
  gather,
  gemm,
  layerNormalization,
  less,
  linear,
  matmul,
  multiply,
  multiplyDimensions,
  narrowLike,
  relu,
  reshape,
  type Shape,
  silu,
  softmax,
  split,
  transpose,
  type Value,
  where,
} from '../graph/index.ts'
import { type ModelConfiguration, modelWidth } from './configuration.ts'
import type { Dropout } from './dropout.ts'
import { mixWithHabit } from './habit.ts'
import type { ParameterLayout } from './parameters.ts'
import { declareTransitions, type Transitions } from './transitions.ts'
import { mixWithWindow, type WindowMixture } from './window-mixture.ts'

/*
 * BehaveGPT: a causal transformer over events (location, weekday, slot, behaviour) that predicts the next behaviour and, if asked to, where and how soon.
 *
 * Shapes: B sequences, I positions, d stream width, D = 4 d model width, N heads of width h = D / N,
 * V behaviours, L locations, S slots of a day, G buckets of time gaps, T longest history; R rows of the output: B*I, or B with a selection.
 *
 * The blocks have no biases, and their layer normalisations no parameters: the next matrix absorbs a scale, and neither is missed
 * (OLMo, arXiv 2402.00838). That and ReLU keep a step's time in the matrix products: each pass over [B*I, 4D] costs 1 % of it.
 */

/** What the model reads. B and I may be symbolic. */
export interface ModelInputs {
  /** Token ids: 0..V-1, V unknown, V + 1 padding: int32 [B, I]. */
  readonly behaviour: Value
  readonly location: Value
  readonly weekday: Value
  readonly slot: Value
  /** Decaying counts of what the user did before the window: [B, K, V]. Only with the habit term. */
  readonly priorCounts?: Value
  /** When the event to predict happens: int32 [B, I]. Only with target time. */
  readonly targetWeekday?: Value
  readonly targetSlot?: Value
  /** Only for the logits of one position of each sequence, which then cost no more than they must: 1 at that position, else 0: [B, 1, I]. */
  readonly selection?: Value
  /** What followed each behaviour in the training period, stored in the graph. Only with transitions. */
  readonly transitions?: Transitions
  /** Where the events were, for the location head, where `location` hides some of it (location dropout): int32 [B, I]. `location` when absent. */
  readonly visited?: Value
  /** Bucket of the time gap before each event, G for the first of the sequence: int32 [B, I]. Only with the gap head. */
  readonly gapBefore?: Value
}

/** What the model says after each position. */
export interface HeadOutputs {
  /** Logits of the next behaviour: [R, V]. */
  readonly behaviour: Value
  /** The next location, mixed from what the transformer says, [R, L], and the window. Only with the location head. */
  readonly location?: WindowMixture
  /** The bucket of the time until the next event, likewise: [R, G]. Only with the gap head. */
  readonly gap?: WindowMixture
}

/** Parameters as values, by name. */
export type Parameters = (name: string) => Value

/** Declares the inputs that this model reads, under the names of the batch's fields. */
export function declareModelInputs(
  graph: Graph,
  model: ModelConfiguration,
  batch: number | string,
  length: number | string,
  transitions?: TransitionCounts,
): ModelInputs {
  assert.strictEqual(
    transitions !== undefined,
    model.transitions,
    'counts of transitions are given exactly to a model that reads them',
  )
  const ids = (name: string) => graph.input(name, 'int32', [batch, length])
  return {
    behaviour: ids('behaviour'),
    location: ids('location'),
    weekday: ids('weekday'),
    slot: ids('slot'),
    ...(model.habit
      ? { priorCounts: graph.input('priorCounts', 'float32', [batch, habitDecays.length, model.behaviours]) }
      : {}),
    ...(model.targetTime ? { targetWeekday: ids('targetWeekday'), targetSlot: ids('targetSlot') } : {}),
    ...(model.gapHead ? { gapBefore: ids('gapBefore') } : {}),
    ...(transitions === undefined ? {} : { transitions: declareTransitions(graph, model.behaviours, transitions) }),
  }
}

/** Cuts the flat vector [count] into the named tensors. */
export function unpackParameters(flat: Value, layout: ParameterLayout): Parameters {
  const pieces = split(
    flat,
    0,
    layout.slices.map(({ size }) => size),
  )
  const byName = new Map(layout.slices.map(({ name, shape }, index) => [name, reshape(pieces[index], shape)]))
  return (name) => {
    const value = byName.get(name)
    assert(value !== undefined, `the model has no parameter ${name}`)
    return value
  }
}

/**
 * What comes after each position; with a selection, after the selected position of each sequence.
 * Without `dropout` (inference) nothing is dropped. `observeAttention` is told each block's attention weights, first block first: [B, N, I, I].
 */
export function behaveGpt(
  model: ModelConfiguration,
  parameters: Parameters,
  inputs: ModelInputs,
  dropout?: Dropout,
  observeAttention?: (weights: Value) => void,
): HeadOutputs {
  let x = embedEvents(model, parameters, inputs, dropout) // [B*I, D]
  const mask = attentionMask(model, inputs.behaviour) // [B, 1, I, I]
  for (let layer = 0; layer < model.layers; layer++) {
    const attended = attention(model, parameters, `block.${layer}.attention`, x, mask, inputs.behaviour.shape, dropout)
    observeAttention?.(attended.weights)
    x = add(x, attended.y)
    x = add(x, mlp(parameters, `block.${layer}.mlp`, x, dropout))
  }
  const h = layerNormalization(selectPositions(inputs, x)) // [R, D]
  return {
    behaviour: behaviourHead(parameters, inputs, h),
    ...(model.locationHead ? { location: locationHead(model, parameters, inputs, h) } : {}),
    ...(model.gapHead ? { gap: gapHead(model, parameters, inputs, h) } : {}),
  }
}

/** The selected rows of x, or all of them: [B*I, D] -> [B, D] or [B*I, D]. */
function selectPositions({ behaviour, selection }: ModelInputs, x: Value): Value {
  if (selection === undefined) return x
  const [B, I] = behaviour.shape
  const D = x.shape[1]
  return reshape(matmul(selection, reshape(x, [B, I, D])), [B, D])
}

/** X = concat(E_l[l], E_w[w], E_t[s], E_e[e]) + position: [B*I, D]. */
function embedEvents(model: ModelConfiguration, parameters: Parameters, inputs: ModelInputs, dropout?: Dropout): Value {
  const D = modelWidth(model)
  const [B, I] = inputs.behaviour.shape
  const streams = concat(
    [
      gather(parameters('embedding.location'), inputs.location), // [B, I, d]
      gather(parameters('embedding.weekday'), inputs.weekday),
      gather(parameters('embedding.slot'), inputs.slot),
      gather(parameters('embedding.behaviour'), inputs.behaviour),
    ],
    2,
  ) // [B, I, D]
  const events = dropout?.embeddings(streams) ?? streams
  let x = add(events, narrowLike(parameters('embedding.position'), 0, inputs.behaviour, 1)) // + [I, D]
  if (inputs.targetWeekday !== undefined && inputs.targetSlot !== undefined) {
    x = add(x, gather(parameters('embedding.targetWeekday'), inputs.targetWeekday))
    x = add(x, gather(parameters('embedding.targetSlot'), inputs.targetSlot))
  }
  const flat = reshape(x, [multiplyDimensions(B, I), D])
  return dropout?.elements(flat) ?? flat
}

/**
 * Added to the attention scores: 0 where query i may see key j, that is j <= i and event j is not padding; -1e9 elsewhere: [B, 1, I, I].
 * A padded query still gets finite scores; nothing reads its result, since as a key it is hidden and its loss weighs nothing.
 */
function attentionMask(model: ModelConfiguration, behaviour: Value): Value {
  const { graph } = behaviour
  const [B, I] = behaviour.shape
  const padding = model.behaviours + 1
  const isEvent = reshape(less(behaviour, padding), [B, 1, 1, I])
  const visible = and(causalMask(graph, I), isEvent) // [I, I] and [B, 1, 1, I]
  return where(visible, graph.constant(0), graph.constant(-1e9))
}

/** Causal multi-head self-attention of a normalised x: [B*I, D] -> y [B*I, D], with its weights [B, N, I, I]: rows over keys, each summing to 1. */
function attention(
  model: ModelConfiguration,
  parameters: Parameters,
  name: string,
  x: Value,
  mask: Value,
  [B, I]: Shape,
  dropout?: Dropout,
): { y: Value; weights: Value } {
  const D = modelWidth(model)
  const N = model.heads
  const h = D / N
  const normalised = layerNormalization(x)
  const perHead = (role: string) =>
    transpose(reshape(linear(normalised, parameters(`${name}.${role}.weight`)), [B, I, N, h]), [0, 2, 1, 3])
  const [query, key, value] = ['query', 'key', 'value'].map(perHead) // [B, N, I, h]
  const scores = multiply(matmul(query, key, { transposeB: true }), 1 / Math.sqrt(h)) // [B, N, I, I]
  const weights = softmax(add(scores, mask))
  const attended = transpose(matmul(weights, value), [0, 2, 1, 3]) // [B, I, N, h]
  const y = linear(reshape(attended, [multiplyDimensions(B, I), D]), parameters(`${name}.projection.weight`))
  return { y: dropout?.elements(y) ?? y, weights }
}

/**
 * Position-wise network of a normalised x: [B*I, D] -> [4D, B*I] -> [B*I, D]. The hidden layer stands with its units as rows: nothing of 4D columns is transposed then,
 * forward or for a gradient, only [B*I, D] is.
 */
function mlp(parameters: Parameters, name: string, x: Value, dropout?: Dropout): Value {
  const hidden = relu(gemm(parameters(`${name}.up.weight`), layerNormalization(x), undefined, { transposeB: true }))
  const y = gemm(hidden, parameters(`${name}.down.weight`), undefined, { transposeA: true })
  return dropout?.elements(y) ?? y
}

/** m = W2 silu(W1 H + b1) + b2, mixed with the user's habits: [R, D] -> [R, V]. */
function behaviourHead(parameters: Parameters, inputs: ModelInputs, h: Value): Value {
  const m = dense(parameters, 'head.output', silu(dense(parameters, 'head.hidden', h)))
  const { behaviour, priorCounts, selection, transitions } = inputs
  if (priorCounts === undefined) return m
  return mixWithHabit(parameters, { behaviour, priorCounts, selection, transitions }, m, h)
}

/**
 * Where the next event happens: m = (h W) E_l' + b, mixed with the places of the window. The places share their embedding with the input (weight tying; Press and Wolf,
 * arXiv 1608.05859): a quarter of the parameters and products that a matrix [D, L] would take, and L is in the thousands. Location 0, "elsewhere or unknown", is a class.
 */
function locationHead(
  model: ModelConfiguration,
  parameters: Parameters,
  { behaviour, location, visited = location, selection }: ModelInputs,
  h: Value,
): WindowMixture {
  const query = linear(h, parameters('locationHead.query.weight')) // [R, d]
  const scores = matmul(query, parameters('embedding.location'), { transposeB: true }) // [R, L]
  const m = add(scores, parameters('locationHead.bias'))
  const window = { behaviour, padding: model.behaviours + 1, seen: visited, selection }
  return mixWithWindow((role) => parameters(`locationHead.${role}`), window, m, h)
}

/** How long after the last event the next one comes: m = h W + b over the buckets, mixed with the gaps between the events of the window. */
function gapHead(
  model: ModelConfiguration,
  parameters: Parameters,
  { behaviour, gapBefore, selection }: ModelInputs,
  h: Value,
): WindowMixture {
  assert(gapBefore !== undefined, 'a model with a gap head reads the gaps before')
  const m = dense(parameters, 'gapHead', h) // [R, G]
  const window = { behaviour, padding: model.behaviours + 1, seen: gapBefore, selection }
  return mixWithWindow((role) => parameters(`gapHead.${role}`), window, m, h)
}

function dense(parameters: Parameters, name: string, x: Value): Value {
  return linear(x, parameters(`${name}.weight`), parameters(`${name}.bias`))
}
