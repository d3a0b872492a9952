import { broadcastShapes, type Dimension, formatShape, GraphError, type Shape } from '../dimensions.ts'
import type { Emitter } from '../emission.ts'
import { apply, type Operation, requireType, type Tensor, type Value } from '../graph.ts'
import { broadcastStrides, positionOf, sizeOf, tabulateCoordinates } from '../tensors.ts'
import { reduceSum, sumTo } from './broadcasting.ts'
import { reshape, transposition } from './layout.ts'

export interface MatmulOptions {
  /** Read a (or b) with its last two axes exchanged. Costs little on cpu. */
  readonly transposeA?: boolean
  readonly transposeB?: boolean
}

type MatmulAttributes = Required<MatmulOptions>

/** Rows and columns of the operand as it enters the product. */
function matrixOf(shape: Shape, transposed: boolean): Shape {
  const [rows, columns] = shape.slice(-2)
  return transposed ? [columns, rows] : [rows, columns]
}

function inferProduct(operation: string, a: Value, b: Value, { transposeA, transposeB }: MatmulAttributes): Shape {
  requireType(operation, a, 'float32')
  requireType(operation, b, 'float32')
  const left = matrixOf(a.shape, transposeA)
  const right = matrixOf(b.shape, transposeB)
  if (a.rank < 2 || b.rank < 2 || left[1] !== right[0]) {
    const mark = (value: Value, transposed: boolean) => `${formatShape(value.shape)}${transposed ? ' transposed' : ''}`
    throw new GraphError(`${operation}: ${mark(a, transposeA)} does not multiply ${mark(b, transposeB)}`)
  }
  const batch = broadcastShapes(operation, a.shape.slice(0, -2), b.shape.slice(0, -2))
  return [...batch, left[0], right[1]]
}

/**
 * Gradients of y = op(a) op(b) from g, before the sum over broadcast axes. With A = op(a), B = op(b): dA = g B', dB = A' g;
 * a transposed operand gets the transpose, which the product gives directly.
 */
function productGradients(
  product: (a: Value, b: Value, options: MatmulAttributes) => Value,
  a: Value,
  b: Value,
  g: Value,
  { transposeA, transposeB }: MatmulAttributes,
): readonly [() => Value, () => Value] {
  return [
    () =>
      transposeA
        ? product(b, g, { transposeA: transposeB, transposeB: true })
        : product(g, b, { transposeA: false, transposeB: !transposeB }),
    () =>
      transposeB
        ? product(g, a, { transposeA: true, transposeB: transposeA })
        : product(a, g, { transposeA: !transposeA, transposeB: false }),
  ]
}

/** Product of matrices in float64, one scalar product per element. */
function interpretProduct(
  a: Tensor,
  b: Tensor,
  { transposeA, transposeB }: MatmulAttributes,
  shape: readonly number[],
): Tensor {
  const rank = shape.length
  const leftStrides = batchStrides(a, shape)
  const rightStrides = batchStrides(b, shape)
  const [aRow, aInner] = transposeA ? [1, a.shape.at(-1)!] : [a.shape.at(-1)!, 1]
  const [bInner, bColumn] = transposeB ? [1, b.shape.at(-1)!] : [b.shape.at(-1)!, 1]
  const inner = transposeA ? a.shape.at(-2)! : a.shape.at(-1)!
  return tabulateCoordinates(shape, (at) => {
    const left = positionOf(at, leftStrides) + at[rank - 2] * aRow
    const right = positionOf(at, rightStrides) + at[rank - 1] * bColumn
    let sum = 0
    for (let k = 0; k < inner; k++) sum += a.data[left + k * aInner] * b.data[right + k * bInner]
    return sum
  })
}

/** Strides of the batch axes of an operand, broadcast to those of the product. */
function batchStrides({ shape: from }: Tensor, shape: readonly number[]): number[] {
  const matrix = sizeOf(from.slice(-2))
  return broadcastStrides(from.slice(0, -2), shape.slice(0, -2)).map((stride) => stride * matrix)
}

const gemmOperation: Operation<MatmulAttributes> = {
  name: 'gemm',
  infer([a, b, bias], attributes) {
    const shape = inferProduct('gemm', a, b, attributes)
    if (a.rank !== 2 || b.rank !== 2) {
      throw new GraphError(`gemm: ${formatShape(a.shape)} and ${formatShape(b.shape)} are not both matrices`)
    }
    if (bias && (bias.rank !== 1 || bias.shape[0] !== shape[1] || bias.type !== 'float32')) {
      throw new GraphError(`gemm: bias ${formatShape(bias.shape)} does not fit the product ${formatShape(shape)}`)
    }
    return [{ type: 'float32', shape }]
  },
  derivative({ inputs: [a, b, bias], gradients: [g], attributes, wants }) {
    const [byA, byB] = productGradients(
      (left, right, options) => gemm(left, right, undefined, options),
      a,
      b,
      g!,
      attributes,
    )
    return [
      wants(0) ? byA() : undefined,
      wants(1) ? byB() : undefined,
      ...(bias ? [wants(2) ? reduceSum(g!, { axes: 0 }) : undefined] : []),
    ]
  },
  simplify([a, b, bias], attributes) {
    const folded = absorbTranspositions(a, b, attributes)
    return folded && gemm(folded.a, folded.b, bias, folded.attributes)
  },
  emit(emitter, inputs, { inputs: operands, attributes }) {
    if (attributes.transposeA && emitter.target === 'cpu' && !inputs[2]) {
      const product = emitWithTranspositions(emitter, inputs, operands, attributes)
      if (product) return [product]
    }
    const { transposeA, transposeB } = attributes
    return [emitter.node('Gemm', inputs, { transA: Number(transposeA), transB: Number(transposeB) })]
  },
  interpret([a, b, bias], attributes, [shape]) {
    const product = interpretProduct(a, b, attributes, shape)
    return [bias ? { shape, data: product.data.map((element, at) => element + bias.data[at % shape[1]]) } : product]
  },
}

/**
 * a' op(b) without a transposed first operand, which ONNX Runtime's cpu kernel reads a dozen columns at a time and anew for every 128 columns of the product: it then reaches
 * two thirds of its speed. Transposed is either a itself, or the product of op(b)' and a, whichever moves fewer elements. Undefined where more than the rows of the
 * product is symbolic.
 */
function emitWithTranspositions(
  emitter: Emitter,
  [a, b]: readonly string[],
  [left, right]: readonly Value[],
  { transposeB }: MatmulAttributes,
): string | undefined {
  const [inner, rows] = left.shape
  const columns = right.shape[transposeB ? 0 : 1]
  if (typeof inner !== 'number' || typeof columns !== 'number') return undefined
  if (movesProduct(inner, rows, columns, transposeB)) {
    const exchanged = transposeB ? b : emitTransposition(emitter, b, [inner, columns])
    return emitTransposition(emitter, emitter.node('Gemm', [exchanged, a]), [columns, rows])
  }
  return emitter.node('Gemm', [emitTransposition(emitter, a, [inner, rows]), b], { transB: Number(transposeB) })
}

/** Whether the product and op(b) have fewer elements than a. Of unknown rows there may be many: then the columns decide. */
function movesProduct(inner: number, rows: Dimension, columns: number, transposeB: boolean): boolean {
  if (typeof rows !== 'number') return columns < inner
  return rows * columns + (transposeB ? 0 : inner * columns) <= rows * inner
}

/** In three dimensions, since ONNX Runtime merges a transposition of two into the product beside it. */
function emitTransposition(emitter: Emitter, x: string, [rows, columns]: Shape): string {
  const shaped = emitter.node('Reshape', [x, emitter.sizes([1, rows, columns])])
  const exchanged = emitter.node('Transpose', [shaped], { perm: [0, 2, 1] })
  return emitter.node('Reshape', [exchanged, emitter.sizes([columns, rows])])
}

/**
 * Product of two matrices plus a bias for each column: op(a) op(b) + bias.
 * Derivative: da = g op(b)', db = op(a)' g (transposed where the operand is), dbias = column sums of g.
 */
export function gemm(
  a: Value,
  b: Value,
  bias?: Value,
  { transposeA = false, transposeB = false }: MatmulOptions = {},
): Value {
  return apply(gemmOperation, bias ? [a, b, bias] : [a, b], { transposeA, transposeB })
}

const matmulOperation: Operation<MatmulAttributes> = {
  name: 'matmul',
  infer: ([a, b], attributes) => [{ type: 'float32', shape: inferProduct('matmul', a, b, attributes) }],
  derivative({ inputs: [a, b], gradients: [g], attributes, wants }) {
    const [byA, byB] = productGradients(batchedMatmul, a, b, g!, attributes)
    return [wants(0) ? sumTo(byA(), a.shape) : undefined, wants(1) ? sumTo(byB(), b.shape) : undefined]
  },
  simplify([a, b], attributes) {
    const folded = absorbTranspositions(a, b, attributes)
    return folded && batchedMatmul(folded.a, folded.b, folded.attributes)
  },
  emit(emitter, [a, b], { inputs, attributes: { transposeA, transposeB } }) {
    if (!transposeA && !transposeB) return [emitter.node('MatMul', [a, b])]
    if (emitter.target === 'cpu') {
      const attributes = { transA: Number(transposeA), transB: Number(transposeB) }
      return emitter.nodes('FusedMatMul', [a, b], { outputs: 1, domain: 'com.microsoft', attributes })
    }
    const left = transposeA ? exchangeLastAxes(emitter, a, inputs[0].rank) : a
    const right = transposeB ? exchangeLastAxes(emitter, b, inputs[1].rank) : b
    return [emitter.node('MatMul', [left, right])]
  },
  interpret: ([a, b], attributes, [shape]) => [interpretProduct(a, b, attributes, shape)],
}

function exchangeLastAxes(emitter: Emitter, x: string, rank: number): string {
  const permutation = Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis))
  return emitter.node('Transpose', [x], { perm: permutation })
}

function batchedMatmul(a: Value, b: Value, attributes: MatmulAttributes): Value {
  return apply(matmulOperation, [a, b], attributes)
}

/** Reads transposed operands directly, where the transposition only exchanges the last two axes. */
function absorbTranspositions(
  a: Value,
  b: Value,
  { transposeA, transposeB }: MatmulAttributes,
): { a: Value; b: Value; attributes: MatmulAttributes } | undefined {
  const left = exchangedInput(a)
  const right = exchangedInput(b)
  if (!left && !right) return undefined
  return {
    a: left ?? a,
    b: right ?? b,
    attributes: { transposeA: transposeA !== Boolean(left), transposeB: transposeB !== Boolean(right) },
  }
}

function exchangedInput(value: Value): Value | undefined {
  const found = transposition(value)
  if (!found) return undefined
  const rank = value.rank
  const exchanges = found.permutation.every((axis, index) => axis === (index < rank - 2 ? index : 2 * rank - 3 - index))
  return exchanges ? found.input : undefined
}

/**
 * Product of the matrices in the last two axes; leading axes broadcast. When b is one matrix, the leading axes of a become rows
 * of one product.
 * Derivative: da = g op(b)', db = op(a)' g, transposed where the operand is, summed over the axes that were broadcast.
 */
export function matmul(a: Value, b: Value, { transposeA = false, transposeB = false }: MatmulOptions = {}): Value {
  if (a.rank === 2 && b.rank === 2) return gemm(a, b, undefined, { transposeA, transposeB })
  if (b.rank === 2 && !transposeA) return linear(a, b, undefined, { transposeWeight: transposeB })
  return batchedMatmul(a, b, { transposeA, transposeB })
}

/**
 * A linear layer on the last axis: x [..., in] times weight [in, out] (or [out, in] with `transposeWeight`) plus bias [out].
 * Derivative: dx = g weight', dweight = x' g over all rows, dbias = sum of g over all rows.
 */
export function linear(
  x: Value,
  weight: Value,
  bias?: Value,
  { transposeWeight = false }: { transposeWeight?: boolean } = {},
): Value {
  if (weight.rank !== 2 || x.rank < 1) {
    throw new GraphError(
      `linear: ${formatShape(x.shape)} does not multiply a weight of shape ${formatShape(weight.shape)}`,
    )
  }
  const rows = reshape(x, [-1, x.shape[x.rank - 1]])
  const result = gemm(rows, weight, bias, { transposeB: transposeWeight })
  return reshape(result, [...x.shape.slice(0, -1), result.shape[1]])
}
