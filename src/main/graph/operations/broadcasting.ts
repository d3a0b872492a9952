import { broadcastShapes, formatShape, GraphError, normalizeAxes, type Shape, sameShape } from '../dimensions.ts'
import { apply, type Operation, requireType, type Value } from '../graph.ts'
import { broadcastStrides, positionOf, stridesOf, tabulateCoordinates, visitCoordinates } from '../tensors.ts'
import { reshape } from './layout.ts'

/** `expand` and `reduceSum` are each other's derivative, so they live together. */

interface ExpandAttributes {
  readonly shape: Shape
}

const expandOperation: Operation<ExpandAttributes> = {
  name: 'expand',
  infer([x], { shape }) {
    if (!sameShape(broadcastShapes('expand', x.shape, shape), shape)) {
      throw new GraphError(`expand: ${formatShape(x.shape)} does not broadcast to ${formatShape(shape)}`)
    }
    return [{ type: x.type, shape }]
  },
  derivative: ({ inputs, gradients }) => [sumTo(gradients[0]!, inputs[0].shape)],
  simplify: ([x], { shape }) => (sameShape(x.shape, shape) ? x : undefined),
  emit: (emitter, [x], { attributes: { shape } }) => [emitter.node('Expand', [x, emitter.sizes(shape)])],
  interpret([x], _, [shape]) {
    const strides = broadcastStrides(x.shape, shape)
    return [tabulateCoordinates(shape, (coordinates) => x.data[positionOf(coordinates, strides)])]
  },
}

/** x repeated along axes where it has size 1, and along new leading axes. Derivative: dx = g summed over the repeated axes. */
export function expand(x: Value, shape: Shape): Value {
  return apply(expandOperation, [x], { shape })
}

/** The un-expanded source when the value is an expansion: arithmetic can broadcast it instead. */
export function expansionSource(value: Value): Value | undefined {
  const { origin } = value
  return origin.kind === 'node' && origin.node.operation.name === expandOperation.name
    ? origin.node.inputs[0]
    : undefined
}

export interface ReduceAttributes {
  readonly axes: readonly number[]
  readonly keep: boolean
}

/** Shape after a reduction over `axes`. */
export function reducedShape(shape: Shape, { axes, keep }: ReduceAttributes): Shape {
  return keep
    ? shape.map((dimension, axis) => (axes.includes(axis) ? 1 : dimension))
    : shape.filter((_, axis) => !axes.includes(axis))
}

const reduceSumOperation: Operation<ReduceAttributes> = {
  name: 'reduceSum',
  infer([x], attributes) {
    requireType('reduceSum', x, 'float32', 'int32')
    return [{ type: x.type, shape: reducedShape(x.shape, attributes) }]
  },
  derivative({ inputs: [x], gradients, attributes: { axes } }) {
    const kept = reshape(gradients[0]!, reducedShape(x.shape, { axes, keep: true }))
    return [expand(kept, x.shape)]
  },
  simplify([x], attributes) {
    const single = attributes.axes.every((axis) => x.shape[axis] === 1)
    return single ? reshape(x, reducedShape(x.shape, attributes)) : undefined
  },
  emit: (emitter, [x], { attributes: { axes, keep } }) => [
    emitter.node('ReduceSum', [x, emitter.constant(axes, 'int64')], { keepdims: keep ? 1 : 0 }),
  ],
  interpret([x], { axes }, [shape]) {
    const keptStrides = stridesOf(reducedShape(x.shape, { axes, keep: true }) as number[])
    const strides = keptStrides.map((stride, axis) => (axes.includes(axis) ? 0 : stride))
    const data = new Float64Array(shape.reduce((product, size) => product * size, 1))
    visitCoordinates(x.shape, (coordinates, position) => {
      data[positionOf(coordinates, strides)] += x.data[position]
    })
    return [{ data, shape }]
  },
}

/** Options of reductions: `axes` all when absent; `keep` leaves them in the shape with size 1. */
export interface ReduceOptions {
  readonly axes?: number | readonly number[]
  readonly keep?: boolean
}

/** Applies a reduction. Over no axes it is x itself; ONNX would take an empty list of axes for all of them. */
export function reduce(operation: Operation<ReduceAttributes>, x: Value, { axes, keep = false }: ReduceOptions): Value {
  const attributes = { axes: normalizeAxes(operation.name, axes, x.rank), keep }
  return attributes.axes.length === 0 ? x : apply(operation, [x], attributes)
}

/** Sum over axes. Derivative: dx = g expanded to the shape of x. */
export function reduceSum(x: Value, options: ReduceOptions = {}): Value {
  return reduce(reduceSumOperation, x, options)
}

/** Sums a gradient over the axes along which an operand of this shape was broadcast. The adjoint of broadcasting. */
export function sumTo(gradient: Value, shape: Shape): Value {
  if (sameShape(gradient.shape, shape)) return gradient
  const missing = gradient.rank - shape.length
  const axes = gradient.shape.flatMap((dimension, axis) =>
    axis < missing || (shape[axis - missing] === 1 && dimension !== 1) ? [axis] : [],
  )
  return reshape(reduceSum(gradient, { axes, keep: true }), shape)
}
