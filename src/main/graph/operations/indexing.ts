import { type Dimension, elements, formatShape, GraphError, isStatic, sameShape } from '../dimensions.ts'
import type { Emitter } from '../emission.ts'
import { apply, type Graph, type Operation, requireType, type Tensor, type Value } from '../graph.ts'
import { sizeOf, tabulate, tabulateCoordinates } from '../tensors.ts'
import { reduceSum } from './broadcasting.ts'
import { greaterOrEqual, multiply } from './elementwise.ts'
import { reshape, unsqueeze } from './layout.ts'

/** An index as an interpretation uses it; ONNX Runtime refuses or wraps what is outside, we always refuse. */
function checked(operation: string, index: number, size: number): number {
  if (Number.isInteger(index) && index >= 0 && index < size) return index
  throw new GraphError(`${operation}: index ${index} is outside 0 to ${size - 1}`)
}

const gatherOperation: Operation<null> = {
  name: 'gather',
  infer([table, indices]) {
    requireType('gather', indices, 'int32')
    if (table.rank === 0) throw new GraphError(`gather: ${formatShape(table.shape)} has no rows to take`)
    return [{ type: table.type, shape: [...indices.shape, ...table.shape.slice(1)] }]
  },
  derivative: ({ inputs: [table, indices], gradients: [g] }) => [scatterAdd(g!, indices, table.shape[0]), undefined],
  emit: (emitter, inputs) => [emitter.node('Gather', inputs, { axis: 0 })],
  interpret([table, indices], _, [shape]) {
    const row = sizeOf(table.shape.slice(1))
    return [
      tabulate(shape, (position) => {
        const index = checked('gather', indices.data[Math.floor(position / row)], table.shape[0])
        return table.data[index * row + (position % row)]
      }),
    ]
  },
}

/**
 * Rows of a table: table [N, ...], int32 indices [...] in 0..N-1 -> [...indices, ...row].
 * Derivative: dtable = scatterAdd(g, indices, N).
 */
export function gather(table: Value, indices: Value): Value {
  return apply(gatherOperation, [table, indices], null)
}

interface ScatterAddAttributes {
  readonly rows: Dimension
}

const scatterAddOperation: Operation<ScatterAddAttributes> = {
  name: 'scatterAdd',
  infer([updates, indices], { rows }) {
    requireType('scatterAdd', updates, 'float32')
    requireType('scatterAdd', indices, 'int32')
    if (!sameShape(updates.shape.slice(0, indices.rank), indices.shape)) {
      throw new GraphError(
        `scatterAdd: updates ${formatShape(updates.shape)} do not begin with the shape of the indices ${formatShape(indices.shape)}`,
      )
    }
    return [{ type: 'float32', shape: [rows, ...updates.shape.slice(indices.rank)] }]
  },
  derivative: ({ inputs: [, indices], gradients: [g] }) => [gather(g!, indices), undefined],
  emit(emitter, [updates, indices], { inputs, attributes: { rows } }) {
    const row = inputs[0].shape.slice(inputs[1].rank)
    const sizes: ScatterSizes = { rows, count: elements(inputs[1].shape), width: elements(row) }
    const sum = emitScatterAdd(emitter, updates, indices, sizes)
    return [row.length === 1 ? sum : emitter.node('Reshape', [sum, emitter.sizes([rows, ...row])])]
  },
  interpret([updates, indices], _, [shape]) {
    const data = new Float64Array(sizeOf(shape))
    const row = sizeOf(shape.slice(1))
    updates.data.forEach((update, position) => {
      const index = checked('scatterAdd', indices.data[Math.floor(position / row)], shape[0])
      data[index * row + (position % row)] += update
    })
    return [{ data, shape }]
  },
}

interface ScatterSizes {
  readonly rows: Dimension
  /** Number of indices, and of elements in each row. */
  readonly count: Dimension
  readonly width: Dimension
}

/**
 * ONNX Runtime's cpu ScatterND adds without locks, so that with several threads sums over repeated indices lose terms. It stays on
 * one thread below about 200,000 elements, so we scatter fewer than that at a time. (ScatterElements is serial, but ten times slower.)
 */
const serialElements = 65_536

/** On GPUs a product with one-hot rows adds in a fixed order, which atomic additions do not; beyond this size it costs too much. */
const mostOneHotElements = 2 ** 24

function emitScatterAdd(
  emitter: Emitter,
  updates: string,
  indices: string,
  { rows, count, width }: ScatterSizes,
): string {
  const flat = emitter.node('Reshape', [updates, emitter.sizes([count, width])])
  const known = isStatic([rows, count])
  if (emitter.target === 'portable' && known && (rows as number) * (count as number) <= mostOneHotElements) {
    const column = emitter.node('Reshape', [indices, emitter.sizes([count, 1])])
    return emitter.node('Gemm', [emitOneHot(emitter, column, rows as number), flat], { transA: 1 })
  }
  const column = emitter.node('Reshape', [emitter.cast(indices, 'int64'), emitter.sizes([count, 1])])
  const zeros = emitter.node('Expand', [emitter.constant(0, 'float32'), emitter.sizes([rows, width])])
  if (emitter.target === 'portable') return emitter.node('ScatterND', [zeros, column, flat], { reduction: 'add' })
  if (typeof count === 'string' || typeof width === 'string') {
    const everywhere = emitter.node('Expand', [column, emitter.sizes([count, width])])
    return emitter.node('ScatterElements', [zeros, everywhere, flat], { axis: 0, reduction: 'add' })
  }
  const atOnce = Math.max(1, Math.floor(serialElements / width))
  let sum = zeros
  for (let start = 0; start < count; start += atOnce) {
    const part = (x: string) => emitRows(emitter, x, start, Math.min(start + atOnce, count), count)
    sum = emitter.node('ScatterND', [sum, part(column), part(flat)], { reduction: 'add' })
  }
  return sum
}

/** Rows `start` to `end` of `count`. */
function emitRows(emitter: Emitter, x: string, start: number, end: number, count: number): string {
  if (start === 0 && end === count) return x
  return emitter.node('Slice', [x, ...[start, end, 0].map((value) => emitter.constant([value], 'int64'))])
}

/** Writes 1 where a column of indices [..., 1] equals 0, 1, ..., classes - 1, and 0 elsewhere. */
function emitOneHot(emitter: Emitter, column: string, classes: number): string {
  const list = emitter.constant(
    Array.from({ length: classes }, (_, index) => index),
    'int32',
  )
  return emitter.cast(emitter.node('Equal', [column, list]), 'float32')
}

/**
 * Sum of rows by index, the adjoint of `gather`: updates [...indices, ...row] -> [rows, ...row], zero where no index points.
 * Derivative: dupdates = gather(g, indices).
 */
export function scatterAdd(updates: Value, indices: Value, rows: Dimension): Value {
  return apply(scatterAddOperation, [updates, indices], { rows })
}

interface OneHotAttributes {
  readonly classes: number
}

const oneHotOperation: Operation<OneHotAttributes> = {
  name: 'oneHot',
  infer([indices], { classes }) {
    requireType('oneHot', indices, 'int32')
    return [{ type: 'float32', shape: [...indices.shape, classes] }]
  },
  emit(emitter, [indices], { inputs: [{ shape }], attributes: { classes } }) {
    return [emitOneHot(emitter, emitter.node('Reshape', [indices, emitter.sizes([...shape, 1])]), classes)]
  },
  interpret: ([indices], { classes }, [shape]) => [
    tabulate(shape, (position) => Number(indices.data[Math.floor(position / classes)] === position % classes)),
  ],
}

/** int32 indices [...] -> [..., classes]: 1 at the index, 0 elsewhere; all 0 for an index outside. No gradient flows. */
export function oneHot(indices: Value, classes: number): Value {
  return apply(oneHotOperation, [indices], { classes })
}

const pickOperation: Operation<null> = {
  name: 'pick',
  infer([x, indices]) {
    requireType('pick', indices, 'int32')
    if (x.rank === 0 || !sameShape(x.shape.slice(0, -1), indices.shape)) {
      throw new GraphError(
        `pick: indices ${formatShape(indices.shape)} are not one for each last axis of ${formatShape(x.shape)}`,
      )
    }
    return [{ type: x.type, shape: indices.shape }]
  },
  derivative({ inputs: [x, indices], gradients: [g] }) {
    const classes = x.shape[x.rank - 1]
    if (typeof classes !== 'number') {
      throw new GraphError(`pick: no derivative along an axis of unknown size in ${formatShape(x.shape)}`)
    }
    return [multiply(oneHot(indices, classes), unsqueeze(g!, -1)), undefined]
  },
  emit: (emitter, [x, indices], { inputs: [, { shape }] }) => [emitPick(emitter, x, indices, shape)],
  interpret: ([x, indices], _, [shape]) => [interpretPick(x, indices, shape)],
}

/** Writes the choice of one element from each last axis: for operations that contain it. */
export function emitPick(emitter: Emitter, x: string, indices: string, shape: readonly Dimension[]): string {
  const column = emitter.node('Reshape', [indices, emitter.sizes([...shape, 1])])
  const picked = emitter.node('GatherElements', [x, column], { axis: shape.length })
  return emitter.node('Reshape', [picked, emitter.sizes(shape)])
}

export function interpretPick(x: Tensor, indices: Tensor, shape: readonly number[]): Tensor {
  const classes = x.shape[x.shape.length - 1]
  return tabulate(shape, (position) => x.data[position * classes + checked('pick', indices.data[position], classes)])
}

/** One element of each last axis: x [..., C], int32 indices [...] in 0..C-1 -> [...]. Derivative: dx = g at the index, 0 elsewhere. */
export function pick(x: Value, indices: Value): Value {
  return apply(pickOperation, [x, indices], null)
}

interface RangeAttributes {
  readonly size: Dimension
}

const rangeOperation: Operation<RangeAttributes> = {
  name: 'range',
  infer: (_, { size }) => [{ type: 'int32', shape: [size] }],
  emit(emitter, _, { attributes: { size } }) {
    const limit = emitter.cast(emitter.size(size), 'int32')
    return [emitter.node('Range', [emitter.constant(0, 'int32'), limit, emitter.constant(1, 'int32')])]
  },
  interpret: (_inputs, _, [shape]) => [tabulate(shape, (position) => position)],
}

/** 0, 1, ..., size - 1 as int32. */
export function range(graph: Graph, size: Dimension): Value {
  return graph.apply(rangeOperation, [], { size })[0]
}

/** [size, size] bool: true where the column (a key) is not after the row (a query). */
export function causalMask(graph: Graph, size: Dimension): Value {
  const positions = range(graph, size)
  return greaterOrEqual(reshape(positions, [size, 1]), reshape(positions, [1, size]))
}

interface TopAttributes {
  readonly count: number
  readonly largest: boolean
}

const topOperation: Operation<TopAttributes> = {
  name: 'top',
  infer([x], { count }) {
    requireType('top', x, 'float32')
    const size = x.shape[x.rank - 1]
    if (x.rank === 0 || !Number.isInteger(count) || count < 1 || (typeof size === 'number' && count > size)) {
      throw new GraphError(`top: ${count} elements do not come out of the last axis of ${formatShape(x.shape)}`)
    }
    const shape = [...x.shape.slice(0, -1), count]
    return [
      { type: 'float32', shape },
      { type: 'int32', shape },
    ]
  },
  derivative({ inputs: [x], outputs: [, indices], gradients: [g] }) {
    const size = x.shape[x.rank - 1]
    if (typeof size !== 'number') {
      throw new GraphError(`top: no derivative along an axis of unknown size in ${formatShape(x.shape)}`)
    }
    if (!g) return [undefined]
    return [reduceSum(multiply(oneHot(indices, size), unsqueeze(g, -1)), { axes: -2 })]
  },
  emit(emitter, [x], { attributes: { count, largest } }) {
    const [values, indices] = emitter.nodes('TopK', [x, emitter.constant([count], 'int64')], {
      outputs: 2,
      attributes: { axis: -1, largest: Number(largest), sorted: 1 },
    })
    return [values, emitter.cast(indices, 'int32')]
  },
  interpret([x], { count, largest }, [shape]) {
    const size = x.shape[x.shape.length - 1]
    const values = new Float64Array(sizeOf(shape))
    const indices = new Float64Array(sizeOf(shape))
    for (let line = 0; line * count < values.length; line++) {
      const order = Array.from({ length: size }, (_, index) => index).sort((a, b) => {
        const difference = x.data[line * size + b] - x.data[line * size + a]
        return (largest ? difference : -difference) || a - b
      })
      for (let index = 0; index < count; index++) {
        indices[line * count + index] = order[index]
        values[line * count + index] = x.data[line * size + order[index]]
      }
    }
    return [
      { data: values, shape },
      { data: indices, shape },
    ]
  },
}

/**
 * The `count` largest (or smallest) elements of each last axis in order, and where they stood (int32); the first of equal ones first.
 * Derivative: dx = g at the places that were taken, 0 elsewhere; none through the indices.
 */
export function top(
  x: Value,
  count: number,
  { largest = true }: { largest?: boolean } = {},
): { values: Value; indices: Value } {
  const [values, indices] = x.graph.apply(topOperation, [x], { count, largest })
  return { values, indices }
}

/** The last axis in order, and where each element stood. Derivative: as `top`. Throws when the size of the axis is symbolic. */
export function sort(
  x: Value,
  { descending = false }: { descending?: boolean } = {},
): { values: Value; indices: Value } {
  const size = x.shape[x.rank - 1]
  if (typeof size !== 'number') throw new GraphError(`sort: the last axis of ${formatShape(x.shape)} has no known size`)
  return top(x, size, { largest: descending })
}

const lowerTriangleOperation: Operation<null> = {
  name: 'lowerTriangle',
  infer([x]) {
    requireType('lowerTriangle', x, 'float32')
    if (x.rank < 2) throw new GraphError(`lowerTriangle: ${formatShape(x.shape)} holds no matrices`)
    return [{ type: x.type, shape: x.shape }]
  },
  derivative: ({ gradients: [g] }) => [lowerTriangle(g!)],
  emit: (emitter, [x]) => [emitter.node('Trilu', [x], { upper: 0 })],
  interpret([x], _, [shape]) {
    return [
      tabulateCoordinates(shape, (at, position) => (at[at.length - 1] <= at[at.length - 2] ? x.data[position] : 0)),
    ]
  },
}

/** Matrices with everything above the diagonal set to 0. Derivative: dx = lowerTriangle(g). */
export function lowerTriangle(x: Value): Value {
  return apply(lowerTriangleOperation, [x], null)
}
