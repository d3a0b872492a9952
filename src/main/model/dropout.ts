import { type Graph, gather, multiply, reshape, slice, type Value } from '../graph/index.ts'
import { type ModelConfiguration, modelWidth } from './configuration.ts'
import { uniformGenerator } from './random.ts'

/*
 * Dropout without a random generator in the graph.
 *
 * A constant pool holds `poolRows` random mask rows of width D (0 with probability p, else 1/(1-p)). For each place where the
 * model drops elements, the host draws a row of the pool for each token, anew in each step. Each element is dropped with
 * probability p, independently within a row and between different rows; that two tokens of one place share a row (1 in
 * `poolRows`) changes no expectation. ONNX's own random operators would hide their state in the session: here a mask follows
 * from (seed, step, micro-batch) alone, so a resumed run sees the masks that the uninterrupted one would have seen.
 */

const poolRows = 2048

/** Places that drop: after the embedding and after each half block. */
function places(model: ModelConfiguration): number {
  return 1 + 2 * model.layers
}

/** The model's dropout while its forward pass is written down. Each call of `elements` is another place. */
export interface Dropout {
  /** Zeroes single elements of [B*I, D] and scales the others up. */
  elements(x: Value): Value
  /** Zeroes whole events of [B, I, D] and scales the others up. */
  embeddings(x: Value): Value
}

/** Declares the inputs `dropoutRows` [places, B*I] and `keptEvents` [B, I], each only if the model drops anything there. */
export function declareDropout(
  graph: Graph,
  model: ModelConfiguration,
  batch: number,
  length: number,
  seed: number,
): Dropout {
  const tokens = batch * length
  const masks = model.dropout > 0 ? declareMasks(graph, model, tokens, seed) : undefined
  const kept = model.embeddingDropout > 0 ? graph.input('keptEvents', 'float32', [batch, length]) : undefined
  let place = 0
  return {
    elements: (x) => (masks === undefined ? x : multiply(x, masks[place++])),
    embeddings: (x) => (kept === undefined ? x : multiply(x, reshape(kept, [batch, length, 1]))),
  }
}

function declareMasks(graph: Graph, model: ModelConfiguration, tokens: number, seed: number): Value[] {
  const width = modelWidth(model)
  const uniform = uniformGenerator('dropout pool', seed)
  const keep = 1 / (1 - model.dropout)
  const elements = Float32Array.from({ length: poolRows * width }, () => (uniform() < model.dropout ? 0 : keep))
  const pool = graph.constant(elements, [poolRows, width])
  const count = places(model)
  const rows = graph.input('dropoutRows', 'int32', [count, tokens])
  return Array.from({ length: count }, (_, place) => gather(pool, reshape(slice(rows, 0, place, 1), [tokens])))
}

/** What the host feeds for one micro-batch: it depends on these numbers alone. `step` counts from 1, `micro` from 0. */
export function dropoutFeeds(
  model: ModelConfiguration,
  tokens: number,
  moment: { seed: number; step: number; micro: number },
): { dropoutRows?: Int32Array; keptEvents?: Float32Array } {
  const { seed, step, micro } = moment
  const feeds: { dropoutRows?: Int32Array; keptEvents?: Float32Array } = {}
  if (model.dropout > 0) {
    const uniform = uniformGenerator('dropout rows', seed, step, micro)
    feeds.dropoutRows = Int32Array.from({ length: places(model) * tokens }, () => Math.floor(uniform() * poolRows))
  }
  if (model.embeddingDropout > 0) {
    const uniform = uniformGenerator('kept events', seed, step, micro)
    const keep = 1 / (1 - model.embeddingDropout)
    feeds.keptEvents = Float32Array.from({ length: tokens }, () => (uniform() < model.embeddingDropout ? 0 : keep))
  }
  return feeds
}
