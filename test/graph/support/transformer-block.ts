import {
  add,
  and,
  causalMask,
  crossEntropy,
  divide,
  expand,
  type Graph,
  gather,
  layerNormalization,
  less,
  linear,
  matmul,
  multiply,
  narrowLike,
  reduceSum,
  reshape,
  type Shape,
  silu,
  softmax,
  transpose,
  type Value,
  where,
} from '../../../src/main/graph/index.ts'

/** Sizes of a small causal transformer block: vocabulary, heads, head width, longest length. */
export const sizes = { vocabulary: 5, heads: 2, head: 3, longest: 4 }
const width = sizes.heads * sizes.head

/** Parameters of the block, by name. */
export const parameterShapes = {
  embedding: [sizes.vocabulary, width],
  position: [sizes.longest, width],
  scale: [width],
  bias: [width],
  query: [width, width],
  key: [width, width],
  value: [width, width],
  projection: [width, width],
  up: [width, 2 * width],
  upBias: [2 * width],
  down: [2 * width, width],
  output: [width, sizes.vocabulary],
} satisfies Record<string, readonly number[]>

export type BlockParameters = Record<keyof typeof parameterShapes, Value>

/** Embeddings, one pre-norm block with causal and key-padding masks, and a linear head. Tokens int32 [B, I] -> logits [B, I, C]. */
export function transformerBlock(tokens: Value, p: BlockParameters): Value {
  const [batch, length] = tokens.shape
  const embedded = add(gather(p.embedding, tokens), narrowLike(p.position, 0, tokens, 1))
  const normalized = layerNormalization(embedded, { scale: p.scale, bias: p.bias })
  const heads = (weight: Value) =>
    transpose(reshape(linear(normalized, weight), [batch, length, sizes.heads, sizes.head]), [0, 2, 1, 3])
  const scores = divide(matmul(heads(p.query), heads(p.key), { transposeB: true }), Math.sqrt(sizes.head))
  const isEvent = reshape(less(tokens, sizes.vocabulary - 1), [batch, 1, 1, length])
  const weights = softmax(where(and(causalMask(tokens.graph, length), isEvent), scores, -1e9))
  const attended = reshape(transpose(matmul(weights, heads(p.value)), [0, 2, 1, 3]), [batch, length, width])
  const x = add(embedded, linear(attended, p.projection))
  const hidden = silu(linear(layerNormalization(x), p.up, p.upBias))
  return linear(add(x, linear(hidden, p.down)), p.output)
}

/** Declares the inputs of the block for a batch whose shape may be symbolic. */
export function declareBlock(graph: Graph, shape: Shape): { tokens: Value; parameters: BlockParameters } {
  const tokens = graph.input('tokens', 'int32', shape)
  const entries = Object.entries(parameterShapes).map(([name, sizes]) => [name, graph.input(name, 'float32', sizes)])
  return { tokens, parameters: Object.fromEntries(entries) }
}

/** Mean cross-entropy of targets under weights of their own. */
export function weightedLoss(logits: Value, targets: Value, weights: Value): Value {
  const losses = multiply(crossEntropy(logits, targets).loss, expand(weights, targets.shape))
  return divide(reduceSum(losses), reduceSum(weights))
}
