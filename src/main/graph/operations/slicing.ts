import {
  addDimensions,
  type Dimension,
  type ElementType,
  formatShape,
  GraphError,
  isStatic,
  normalizeAxis,
  type Shape,
} from '../dimensions.ts'
import { apply, type Graph, type Operation, type Value } from '../graph.ts'
import { positionOf, stridesOf, tabulate, tabulateCoordinates } from '../tensors.ts'

interface FilledAttributes {
  readonly shape: Shape
  readonly type: ElementType
  readonly value: number
}

const filledOperation: Operation<FilledAttributes> = {
  name: 'filled',
  infer: (_, { shape, type }) => [{ type, shape }],
  emit: (emitter, _, { attributes: { shape, type, value } }) => [
    emitter.node('Expand', [emitter.constant(value, type), emitter.sizes(shape)]),
  ],
  interpret: (_, { value }, [shape]) => [tabulate(shape, () => value)],
}

/** A value of this shape with every element the same. It has no inputs, so no derivative. */
export function filled(graph: Graph, shape: Shape, value: number, type: ElementType = 'float32'): Value {
  return graph.apply(filledOperation, [], { shape, type, value })[0]
}

interface SliceAttributes {
  readonly axis: number
  readonly start: number
  readonly size: Dimension
}

function endOf({ start, size }: SliceAttributes): Dimension {
  return addDimensions(start, size)
}

const sliceOperation: Operation<SliceAttributes> = {
  name: 'slice',
  infer([x], attributes) {
    const { axis, start, size } = attributes
    const whole = x.shape[axis]
    const end = endOf(attributes)
    const fits = typeof end !== 'number' || typeof whole !== 'number' || end <= whole
    if (!Number.isInteger(start) || start < 0 || (typeof size === 'number' && size < 0) || !fits) {
      throw new GraphError(`slice: ${start} to ${end} is outside axis ${axis} of ${formatShape(x.shape)}`)
    }
    return [{ type: x.type, shape: x.shape.map((dimension, index) => (index === axis ? size : dimension)) }]
  },
  derivative: ({ inputs, gradients, attributes: { axis, start } }) => [
    embed(gradients[0]!, axis, start, inputs[0].shape[axis]),
  ],
  simplify([x], { axis, start, size }) {
    return start === 0 && size === x.shape[axis] ? x : undefined
  },
  emit(emitter, [x], { attributes }) {
    const end = endOf(attributes)
    const int64 = (value: number) => emitter.constant([value], 'int64')
    const inputs = [x, int64(attributes.start), emitter.sizes([end]), int64(attributes.axis)]
    return [emitter.node('Slice', inputs)]
  },
  interpret([x], { axis, start }, [shape]) {
    const strides = stridesOf(x.shape)
    const offset = start * strides[axis]
    return [tabulateCoordinates(shape, (coordinates) => x.data[offset + positionOf(coordinates, strides)])]
  },
}

/**
 * `size` elements of one axis from `start`; a symbolic size needs no proof that it fits.
 * Derivative: dx = g where it was taken from, 0 elsewhere.
 */
export function slice(x: Value, axis: number, start: number, size: Dimension): Value {
  return apply(sliceOperation, [x], { axis: normalizeAxis('slice', axis, x.rank), start, size })
}

/** The first elements of x along `axis`, as many as `like` has along `likeAxis`: positions and masks of a batch of any length. */
export function narrowLike(x: Value, axis: number, like: Value, likeAxis: number): Value {
  return slice(x, axis, 0, like.shape[normalizeAxis('narrowLike', likeAxis, like.rank)])
}

interface EmbedAttributes {
  readonly axis: number
  readonly start: number
  readonly size: Dimension
}

const embedOperation: Operation<EmbedAttributes> = {
  name: 'embed',
  infer([x], { axis, start, size }) {
    const end = addDimensions(start, x.shape[axis])
    if (typeof end === 'number' && typeof size === 'number' && end > size) {
      throw new GraphError(`embed: ${formatShape(x.shape)} from ${start} does not fit into ${size} along axis ${axis}`)
    }
    return [{ type: x.type, shape: x.shape.map((dimension, index) => (index === axis ? size : dimension)) }]
  },
  derivative: ({ inputs, gradients, attributes: { axis, start } }) => [
    slice(gradients[0]!, axis, start, inputs[0].shape[axis]),
  ],
  emit(emitter, [x], { inputs, attributes: { axis, start, size } }) {
    const { shape } = inputs[0]
    const zeros = new Array<number>(shape.length - 1).fill(0)
    const end = addDimensions(start, shape[axis])
    const before = shape.map((_, index) => (index === axis ? start : 0))
    if (isStatic([size, end])) {
      const after = [...zeros]
      after.splice(axis, 0, (size as number) - (end as number))
      return [emitter.node('Pad', [x, emitter.constant([...before, ...after], 'int64')])]
    }
    const rest = emitter.node('Sub', [emitter.sizes([size]), emitter.sizes([end])])
    const parts = [
      emitter.constant([...before, ...zeros.slice(0, axis)], 'int64'),
      rest,
      ...(axis < zeros.length ? [emitter.constant(zeros.slice(axis), 'int64')] : []),
    ]
    return [emitter.node('Pad', [x, emitter.node('Concat', parts, { axis: 0 })])]
  },
  interpret([x], { axis, start }, [shape]) {
    const strides = stridesOf(x.shape)
    const offset = start * strides[axis]
    return [
      tabulateCoordinates(shape, (coordinates) => {
        const inside = coordinates[axis] >= start && coordinates[axis] < start + x.shape[axis]
        return inside ? x.data[positionOf(coordinates, strides) - offset] : 0
      }),
    ]
  },
}

/** x from `start` on along an axis of `size`, zeros around it. The adjoint of `slice`. Derivative: dx = slice(g). */
export function embed(x: Value, axis: number, start: number, size: Dimension): Value {
  return apply(embedOperation, [x], { axis: normalizeAxis('embed', axis, x.rank), start, size })
}

interface ConcatAttributes {
  readonly axis: number
}

const concatOperation: Operation<ConcatAttributes> = {
  name: 'concat',
  infer(parts, { axis }) {
    const [first] = parts
    for (const part of parts) {
      const alike =
        part.rank === first.rank && part.shape.every((size, index) => index === axis || size === first.shape[index])
      if (!alike || part.type !== first.type) {
        throw new GraphError(
          `concat: ${part.type} ${formatShape(part.shape)} does not continue ${first.type} ${formatShape(first.shape)} along axis ${axis}`,
        )
      }
    }
    const size = addDimensions(...parts.map((part) => part.shape[axis]))
    return [{ type: first.type, shape: first.shape.map((dimension, index) => (index === axis ? size : dimension)) }]
  },
  derivative({ inputs, gradients, attributes: { axis }, wants }) {
    let start = 0
    return inputs.map((input, index) => {
      const size = input.shape[axis]
      if (typeof size !== 'number') {
        throw new GraphError(`concat: no derivative along an axis of unknown size in ${formatShape(input.shape)}`)
      }
      const gradient = wants(index) ? slice(gradients[0]!, axis, start, size) : undefined
      start += size
      return gradient
    })
  },
  simplify: (parts) => (parts.length === 1 ? parts[0] : undefined),
  emit: (emitter, parts, { attributes: { axis } }) => [emitter.node('Concat', parts, { axis })],
  interpret(parts, { axis }, [shape]) {
    const starts: number[] = []
    let start = 0
    for (const part of parts) {
      starts.push(start)
      start += part.shape[axis]
    }
    const strides = parts.map((part) => stridesOf(part.shape))
    return [
      tabulateCoordinates(shape, (coordinates) => {
        let index = parts.length - 1
        while (starts[index] > coordinates[axis]) index--
        return parts[index].data[positionOf(coordinates, strides[index]) - starts[index] * strides[index][axis]]
      }),
    ]
  },
}

/** Values one after the other along an axis. Derivative: each part gets its slice of g. */
export function concat(parts: readonly Value[], axis: number): Value {
  if (parts.length === 0) throw new GraphError('concat: nothing to join')
  return apply(concatOperation, parts, { axis: normalizeAxis('concat', axis, parts[0].rank) })
}

interface SplitAttributes {
  readonly axis: number
  readonly sizes: readonly number[]
}

/** More outputs than this would exceed the storage buffers of a WebGPU shader. */
const mostSplitOutputs = 8

const splitOperation: Operation<SplitAttributes> = {
  name: 'split',
  infer([x], { axis, sizes }) {
    const total = sizes.reduce((sum, size) => sum + size, 0)
    if (x.shape[axis] !== total) {
      throw new GraphError(`split: sizes ${formatShape(sizes)} do not sum to axis ${axis} of ${formatShape(x.shape)}`)
    }
    return sizes.map((size) => ({
      type: x.type,
      shape: x.shape.map((dimension, index) => (index === axis ? size : dimension)),
    }))
  },
  derivative: ({ graph, outputs, gradients, attributes: { axis } }) => [
    concat(
      outputs.map(({ shape, type }, index) => gradients[index] ?? filled(graph, shape, 0, type)),
      axis,
    ),
  ],
  emit(emitter, [x], { attributes: { axis, sizes } }) {
    if (sizes.length <= mostSplitOutputs) {
      return emitter.nodes('Split', [x, emitter.constant(sizes, 'int64')], {
        outputs: sizes.length,
        attributes: { axis },
      })
    }
    let start = 0
    return sizes.map((size) => {
      const bounds = [start, start + size, axis].map((value) => emitter.constant([value], 'int64'))
      start += size
      return emitter.node('Slice', [x, ...bounds])
    })
  },
  interpret([x], { axis, sizes }, shapes) {
    const strides = stridesOf(x.shape)
    let start = 0
    return sizes.map((size, index) => {
      const offset = start * strides[axis]
      start += size
      return tabulateCoordinates(shapes[index], (coordinates) => x.data[offset + positionOf(coordinates, strides)])
    })
  },
}

/** Pieces of the given sizes along an axis. Derivative: dx = the gradients of the pieces, joined; 0 for a piece without one. */
export function split(x: Value, axis: number, sizes: readonly number[]): readonly Value[] {
  return x.graph.apply(splitOperation, [x], { axis: normalizeAxis('split', axis, x.rank), sizes })
}
