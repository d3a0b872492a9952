import { formatShape, GraphError, normalizeAxis } from '../dimensions.ts'
import { apply, type Operation, requireType, type Value } from '../graph.ts'
import { positionOf, sizeOf, stridesOf, tabulate, tabulateCoordinates, visitCoordinates } from '../tensors.ts'
import { expand, type ReduceAttributes, type ReduceOptions, reduce, reducedShape, reduceSum } from './broadcasting.ts'
import { cast, divide, equal, multiply, negate } from './elementwise.ts'
import { reshape } from './layout.ts'

export { reduceSum } from './broadcasting.ts'

/** Elements of x that fall on each element of a reduction, in row-major order. */
function groups(
  x: { data: Float64Array; shape: readonly number[] },
  axes: readonly number[],
  size: number,
): number[][] {
  const kept = stridesOf(reducedShape(x.shape, { axes, keep: true }) as number[])
  const strides = kept.map((stride, axis) => (axes.includes(axis) ? 0 : stride))
  const lists: number[][] = Array.from({ length: size }, () => [])
  visitCoordinates(x.shape, (coordinates, position) => {
    lists[positionOf(coordinates, strides)].push(x.data[position])
  })
  return lists
}

const reduceMaximumOperation: Operation<ReduceAttributes> = {
  name: 'reduceMaximum',
  infer([x], attributes) {
    requireType('reduceMaximum', x, 'float32', 'int32')
    return [{ type: x.type, shape: reducedShape(x.shape, attributes) }]
  },
  derivative({ inputs: [x], outputs: [y], gradients: [g], attributes: { axes } }) {
    const kept = reducedShape(x.shape, { axes, keep: true })
    const largest = cast(equal(x, reshape(y, kept)), 'float32')
    return [multiply(largest, divide(reshape(g!, kept), reduceSum(largest, { axes, keep: true })))]
  },
  emit: (emitter, [x], { attributes: { axes, keep } }) => [
    emitter.node('ReduceMax', [x, emitter.constant(axes, 'int64')], { keepdims: keep ? 1 : 0 }),
  ],
  interpret([x], { axes }, [shape]) {
    const lists = groups(x, axes, sizeOf(shape))
    return [tabulate(shape, (position) => lists[position].reduce((a, b) => Math.max(a, b)))]
  },
}

/** Largest element over axes. Derivative: g to the largest elements, in equal parts where several are largest. */
export function reduceMaximum(x: Value, options: ReduceOptions = {}): Value {
  return reduce(reduceMaximumOperation, x, options)
}

/** Smallest element over axes. Derivative: g to the smallest elements, in equal parts. */
export function reduceMinimum(x: Value, options: ReduceOptions = {}): Value {
  return negate(reduceMaximum(negate(x), options))
}

const reduceMeanOperation: Operation<ReduceAttributes> = {
  name: 'reduceMean',
  infer([x], attributes) {
    requireType('reduceMean', x, 'float32')
    return [{ type: x.type, shape: reducedShape(x.shape, attributes) }]
  },
  derivative({ inputs: [x], gradients: [g], attributes: { axes } }) {
    const sizes = axes.map((axis) => x.shape[axis])
    if (sizes.some((size) => typeof size === 'string')) {
      throw new GraphError(`reduceMean: no derivative over an axis of unknown size in ${formatShape(x.shape)}`)
    }
    const count = sizeOf(sizes as number[])
    const kept = divide(reshape(g!, reducedShape(x.shape, { axes, keep: true })), count)
    return [expand(kept, x.shape)]
  },
  emit: (emitter, [x], { attributes: { axes, keep } }) => [
    emitter.node('ReduceMean', [x, emitter.constant(axes, 'int64')], { keepdims: keep ? 1 : 0 }),
  ],
  interpret([x], { axes }, [shape]) {
    const lists = groups(x, axes, sizeOf(shape))
    return [tabulate(shape, (position) => lists[position].reduce((a, b) => a + b, 0) / lists[position].length)]
  },
}

/** Mean over axes. Derivative: dx = g / (number of elements averaged), expanded. */
export function reduceMean(x: Value, options: ReduceOptions = {}): Value {
  return reduce(reduceMeanOperation, x, options)
}

interface CumulativeSumAttributes {
  readonly axis: number
  readonly exclusive: boolean
  readonly reverse: boolean
}

const cumulativeSumOperation: Operation<CumulativeSumAttributes> = {
  name: 'cumulativeSum',
  infer([x]) {
    requireType('cumulativeSum', x, 'float32', 'int32')
    return [{ type: x.type, shape: x.shape }]
  },
  derivative: ({ gradients: [g], attributes: { axis, exclusive, reverse } }) => [
    cumulativeSum(g!, axis, { exclusive, reverse: !reverse }),
  ],
  emit: (emitter, [x], { attributes: { axis, exclusive, reverse } }) => [
    emitter.node('CumSum', [x, emitter.constant(axis, 'int64')], {
      exclusive: exclusive ? 1 : 0,
      reverse: reverse ? 1 : 0,
    }),
  ],
  interpret([x], { axis, exclusive, reverse }, [shape]) {
    const strides = stridesOf(shape)
    const isBefore = (other: number, at: number) => (reverse ? other > at : other < at)
    const sum = tabulateCoordinates(shape, (coordinates, position) => {
      const at = coordinates[axis]
      let total = exclusive ? 0 : x.data[position]
      for (let other = 0; other < shape[axis]; other++) {
        if (isBefore(other, at)) total += x.data[position + (other - at) * strides[axis]]
      }
      return total
    })
    return [sum]
  },
}

/**
 * Running sum along an axis: y_i = x_0 + ... + x_i. `exclusive` leaves x_i itself out; `reverse` runs from the end.
 * Derivative: dx = running sum of g in the other direction.
 */
export function cumulativeSum(
  x: Value,
  axis: number,
  { exclusive = false, reverse = false }: { exclusive?: boolean; reverse?: boolean } = {},
): Value {
  return apply(cumulativeSumOperation, [x], { axis: normalizeAxis('cumulativeSum', axis, x.rank), exclusive, reverse })
}
