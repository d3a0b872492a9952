import {
  divideDimensions,
  elements,
  formatShape,
  GraphError,
  multiplyDimensions,
  normalizeAxis,
  type Shape,
  sameShape,
} from '../dimensions.ts'
import { apply, nodeOf, type Operation, type Value } from '../graph.ts'
import { positionOf, stridesOf, tabulateCoordinates } from '../tensors.ts'

interface ReshapeAttributes {
  readonly shape: Shape
}

/** ONNX's own shorthand for a symbolic shape: 0 copies the input's size, one -1 is inferred. Undefined when that is not enough. */
function shorthand(from: Shape, to: Shape): number[] | undefined {
  const vector = to.map((dimension, axis) => {
    if (typeof dimension === 'number') return dimension
    return dimension === from[axis] ? 0 : -1
  })
  return vector.filter((size) => size === -1).length <= 1 && !to.includes(0) ? vector : undefined
}

const reshapeOperation: Operation<ReshapeAttributes> = {
  name: 'reshape',
  infer([x], { shape }) {
    if (elements(x.shape) !== elements(shape)) {
      throw new GraphError(`reshape: ${formatShape(x.shape)} does not have the elements of ${formatShape(shape)}`)
    }
    return [{ type: x.type, shape }]
  },
  derivative: ({ inputs, gradients }) => [reshape(gradients[0]!, inputs[0].shape)],
  simplify([x], { shape }) {
    if (sameShape(x.shape, shape)) return x
    const inner = nodeOf(x, reshapeOperation)
    return inner && reshape(inner.inputs[0], shape)
  },
  emit(emitter, [x], { inputs, attributes: { shape } }) {
    const short = shorthand(inputs[0].shape, shape)
    if (short) return [emitter.node('Reshape', [x, emitter.constant(short, 'int64')])]
    return [emitter.node('Reshape', [x, emitter.sizes(shape)], shape.includes(0) ? { allowzero: 1 } : {})]
  },
  interpret: ([x], _, [shape]) => [{ data: x.data, shape }],
}

/**
 * The same elements, in row-major order, under another shape. One dimension may be -1: it is inferred.
 * Derivative: dx = reshape(g, shape of x).
 */
export function reshape(x: Value, shape: Shape): Value {
  return apply(reshapeOperation, [x], { shape: inferDimension(x.shape, shape) })
}

/** What a reshaped value was before, or undefined for any other value. */
export function reshapedFrom(value: Value): Value | undefined {
  return nodeOf(value, reshapeOperation)?.inputs[0]
}

function inferDimension(from: Shape, to: Shape): Shape {
  const open = to.indexOf(-1)
  if (open < 0) return to
  const known = multiplyDimensions(...to.filter((_, axis) => axis !== open))
  const inferred = divideDimensions(elements(from), known)
  if (inferred === undefined || to.lastIndexOf(-1) !== open) {
    throw new GraphError(`reshape: ${formatShape(from)} cannot be divided into ${formatShape(to)}`)
  }
  return to.map((dimension, axis) => (axis === open ? inferred : dimension))
}

/** A new axis of size 1 before `axis`; `axis` may be the rank, or count from the end as -1 for a last axis. */
export function unsqueeze(x: Value, axis: number): Value {
  const position = normalizeAxis('unsqueeze', axis, x.rank + 1)
  return reshape(x, [...x.shape.slice(0, position), 1, ...x.shape.slice(position)])
}

/** Without an axis of size 1. Throws when its size is another. */
export function squeeze(x: Value, axis: number): Value {
  const position = normalizeAxis('squeeze', axis, x.rank)
  if (x.shape[position] !== 1) {
    throw new GraphError(`squeeze: axis ${axis} of ${formatShape(x.shape)} does not have size 1`)
  }
  return reshape(
    x,
    x.shape.filter((_, index) => index !== position),
  )
}

interface TransposeAttributes {
  readonly permutation: readonly number[]
}

const transposeOperation: Operation<TransposeAttributes> = {
  name: 'transpose',
  infer([x], { permutation }) {
    if ([...permutation].sort((a, b) => a - b).some((axis, index) => axis !== index) || permutation.length !== x.rank) {
      throw new GraphError(
        `transpose: ${formatShape(permutation)} does not permute the axes of ${formatShape(x.shape)}`,
      )
    }
    return [{ type: x.type, shape: permutation.map((axis) => x.shape[axis]) }]
  },
  derivative: ({ gradients, attributes: { permutation } }) => [
    transpose(
      gradients[0]!,
      permutation.map((_, axis) => permutation.indexOf(axis)),
    ),
  ],
  simplify([x], { permutation }) {
    if (permutation.every((axis, index) => axis === index)) return x
    const moved = permutation.filter((axis) => x.shape[axis] !== 1)
    if (moved.every((axis, index) => index === 0 || moved[index - 1] < axis)) {
      return reshape(
        x,
        permutation.map((axis) => x.shape[axis]),
      )
    }
    const inner = nodeOf(x, transposeOperation)
    return (
      inner &&
      transpose(
        inner.inputs[0],
        permutation.map((axis) => inner.attributes.permutation[axis]),
      )
    )
  },
  emit: (emitter, [x], { attributes: { permutation } }) => [emitter.node('Transpose', [x], { perm: permutation })],
  interpret([x], { permutation }, [shape]) {
    const from = stridesOf(x.shape)
    const strides = permutation.map((axis) => from[axis])
    return [tabulateCoordinates(shape, (coordinates) => x.data[positionOf(coordinates, strides)])]
  },
}

/**
 * Axis i of the result is axis permutation[i] of x; without a permutation the last two axes change places.
 * Derivative: dx = g transposed by the inverse permutation.
 */
export function transpose(x: Value, permutation?: readonly number[]): Value {
  return apply(transposeOperation, [x], { permutation: permutation ?? swapLast(x.rank) })
}

function swapLast(rank: number): number[] {
  if (rank < 2) throw new GraphError(`transpose: a shape of ${rank} dimensions has no last two axes`)
  return Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis))
}

/** The input and the permutation when the value is a transposition: for other operations' simplifications. */
export function transposition(value: Value): { input: Value; permutation: readonly number[] } | undefined {
  const node = nodeOf(value, transposeOperation)
  return node && { input: node.inputs[0], permutation: node.attributes.permutation }
}
