import fc from 'fast-check'
import type { ElementType, Operand, Value } from '../../../src/main/graph/index.ts'
import * as operations from '../../../src/main/graph/index.ts'

/** An operation applied to inputs of given shapes: one random instance of a family. */
export interface Case {
  readonly inputs: readonly CaseInput[]
  build(...values: Value[]): Value | readonly Value[]
}

export interface CaseInput {
  readonly shape: readonly number[]
  readonly type?: ElementType
  /** Elements lie in this range; whole numbers include `from` and exclude `to`. */
  readonly from?: number
  readonly to?: number
}

const size = fc.integer({ min: 1, max: 4 })
const shapeOf = (minimum: number, maximum = 3) => fc.array(size, { minLength: minimum, maxLength: maximum })
const anyShape = shapeOf(0)

/** A shape, and another that broadcasts to it: some axes of size 1, some leading axes left out. */
const broadcastTo = anyShape.chain((shape) =>
  fc
    .tuple(
      fc.constant(shape),
      fc.integer({ min: 0, max: shape.length }),
      fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
    )
    .map(([whole, dropped, ones]) => ({ whole, part: whole.map((d, axis) => (ones[axis] ? 1 : d)).slice(dropped) })),
)

/** Two shapes that broadcast together, in either order. */
const broadcastPair = fc
  .tuple(broadcastTo, fc.boolean())
  .map(([{ whole, part }, flip]) => (flip ? [part, whole] : [whole, part]))

const withAxis = (minimum = 1) =>
  shapeOf(minimum).chain((shape) =>
    fc.tuple(fc.constant(shape), fc.integer({ min: -shape.length, max: shape.length - 1 })),
  )

const reduction = shapeOf(1).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    axes: fc.uniqueArray(fc.integer({ min: 0, max: shape.length - 1 }), { minLength: 1 }),
    keep: fc.boolean(),
  }),
)

function unary(operation: (x: Value) => Value, from = -3, to = 3): fc.Arbitrary<Case> {
  return anyShape.map((shape) => ({ inputs: [{ shape, from, to }], build: operation }))
}

function binary(
  operation: (a: Operand, b: Operand) => Value,
  { from = -3, to = 3, type = 'float32' }: { from?: number; to?: number; type?: ElementType } = {},
): fc.Arbitrary<Case> {
  return broadcastPair.map((shapes) => ({
    inputs: shapes.map((shape) => ({ shape, from, to, type })),
    build: (a, b) => operation(a, b),
  }))
}

function reduce(operation: typeof operations.reduceSum): fc.Arbitrary<Case> {
  return reduction.map(({ shape, axes, keep }) => ({ inputs: [{ shape }], build: (x) => operation(x, { axes, keep }) }))
}

function lastAxis(operation: (x: Value) => Value | readonly Value[]): fc.Arbitrary<Case> {
  return shapeOf(1).map((shape) => ({ inputs: [{ shape }], build: operation }))
}

const whole = (arbitrary: (a: Operand, b: Operand) => Value) => binary(arbitrary, { from: -3, to: 4, type: 'int32' })

const product = fc
  .record({
    batch: broadcastPair,
    rows: size,
    inner: size,
    columns: size,
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
  })
  .map(({ batch: [left, right], rows, inner, columns, transposeA, transposeB }) => ({
    inputs: [
      { shape: [...left, ...(transposeA ? [inner, rows] : [rows, inner])] },
      { shape: [...right, ...(transposeB ? [columns, inner] : [inner, columns])] },
    ],
    build: (a: Value, b: Value) => operations.matmul(a, b, { transposeA, transposeB }),
  }))

const layers = fc
  .record({ leading: shapeOf(0, 2), inner: size, outer: size, bias: fc.boolean(), transposeWeight: fc.boolean() })
  .map(({ leading, inner, outer, bias, transposeWeight }) => ({
    inputs: [
      { shape: [...leading, inner] },
      { shape: transposeWeight ? [outer, inner] : [inner, outer] },
      ...(bias ? [{ shape: [outer] }] : []),
    ],
    build: (x: Value, weight: Value, b?: Value) => operations.linear(x, weight, b, { transposeWeight }),
  }))

const tables = fc.record({ rows: size, row: shapeOf(0, 2), indices: shapeOf(0, 2) }).map(({ rows, row, indices }) => ({
  rows,
  row,
  index: { shape: indices, type: 'int32' as const, from: 0, to: rows },
}))

const slices = withAxis().chain(([shape, axis]) => {
  const length = shape.at(axis)!
  return fc
    .integer({ min: 0, max: length - 1 })
    .chain((start) => fc.record({ start: fc.constant(start), count: fc.integer({ min: 1, max: length - start }) }))
    .map(({ start, count }) => ({ shape, axis, start, count }))
})

const pieces = fc
  .record({ shape: shapeOf(1), sizes: fc.array(size, { minLength: 1, maxLength: 4 }), choice: fc.nat() })
  .map(({ shape, sizes, choice }) => ({ shape, sizes, axis: choice % shape.length }))

const withSize = (shape: readonly number[], axis: number, length: number) =>
  shape.map((d, i) => (i === axis ? length : d))

const layerNormalizations = shapeOf(1)
  .filter((shape) => shape.at(-1)! > 1)
  .chain((shape) => fc.constantFrom(0, 1, 2).map((parameters) => ({ shape, parameters })))
  .map(({ shape, parameters }) => ({
    inputs: [{ shape }, ...Array.from({ length: parameters }, () => ({ shape: shape.slice(-1) }))],
    build: (x: Value, scale?: Value, bias?: Value) => operations.layerNormalization(x, { scale, bias, epsilon: 0.1 }),
  }))

const targets = fc.record({ leading: shapeOf(0, 2), classes: size }).map(({ leading, classes }) => ({
  classes,
  inputs: [{ shape: [...leading, classes] }, { shape: leading, type: 'int32' as const, from: 0, to: classes }],
}))

/** Every differentiable operation, on random shapes. */
export const differentiable: Record<string, fc.Arbitrary<Case>> = {
  add: binary(operations.add),
  subtract: binary(operations.subtract),
  multiply: binary(operations.multiply),
  divide: binary(operations.divide, { from: 0.5 }),
  maximum: binary(operations.maximum),
  minimum: binary(operations.minimum),
  power: binary(operations.power, { from: 0.5 }),
  modulo: unary((x) => operations.modulo(x, 1.7)),
  'arithmetic with numbers': unary((x) =>
    operations.divide(2, operations.add(operations.multiply(operations.square(x), 3), 1)),
  ),
  negate: unary(operations.negate),
  exp: unary(operations.exp),
  log: unary(operations.log, 0.3),
  sqrt: unary(operations.sqrt, 0.3),
  reciprocal: unary(operations.reciprocal, 0.3),
  sigmoid: unary(operations.sigmoid),
  tanh: unary(operations.tanh),
  relu: unary(operations.relu),
  abs: unary(operations.abs),
  silu: unary(operations.silu),
  clamp: unary((x) => operations.clamp(x, -1, 1.5)),
  where: fc.tuple(broadcastPair, anyShape).map(([[a, b]]) => ({
    inputs: [{ shape: a }, { shape: b }],
    build: (x, y) => operations.where(operations.greater(operations.add(x, y), 0), x, y),
  })),
  expand: broadcastTo.map(({ whole: to, part }) => ({
    inputs: [{ shape: part }],
    build: (x) => operations.expand(x, to),
  })),
  reduceSum: reduce(operations.reduceSum),
  reduceMean: reduce(operations.reduceMean),
  reduceMaximum: reduce(operations.reduceMaximum),
  reduceMinimum: reduce(operations.reduceMinimum),
  cumulativeSum: fc
    .record({ at: withAxis(), exclusive: fc.boolean(), reverse: fc.boolean() })
    .map(({ at: [shape, axis], ...options }) => ({
      inputs: [{ shape }],
      build: (x) => operations.cumulativeSum(x, axis, options),
    })),
  matmul: product,
  linear: layers,
  reshape: anyShape.map((shape) => ({ inputs: [{ shape }], build: (x) => operations.reshape(x, [1, -1]) })),
  squeeze: anyShape.map((shape) => ({
    inputs: [{ shape }],
    build: (x) => operations.squeeze(operations.unsqueeze(operations.exp(x), -1), -1),
  })),
  transpose: shapeOf(2).chain((shape) =>
    fc
      .shuffledSubarray([...shape.keys()], { minLength: shape.length })
      .map((permutation) => ({ inputs: [{ shape }], build: (x: Value) => operations.transpose(x, permutation) })),
  ),
  slice: slices.map(({ shape, axis, start, count }) => ({
    inputs: [{ shape }],
    build: (x) => operations.slice(x, axis, start, count),
  })),
  embed: slices.map(({ shape, axis, start, count }) => ({
    inputs: [{ shape: withSize(shape, axis < 0 ? axis + shape.length : axis, count) }],
    build: (x) => operations.embed(x, axis, start, shape.at(axis)!),
  })),
  concat: pieces.map(({ shape, sizes, axis }) => ({
    inputs: sizes.map((length) => ({ shape: withSize(shape, axis, length) })),
    build: (...parts) => operations.concat(parts, axis),
  })),
  split: pieces.map(({ shape, sizes, axis }) => ({
    inputs: [
      {
        shape: withSize(
          shape,
          axis,
          sizes.reduce((a, b) => a + b),
        ),
      },
    ],
    build: (x) => operations.split(x, axis, sizes),
  })),
  'split into more pieces than a shader has buffers': fc.constant({
    inputs: [{ shape: [12, 2] }],
    build: (x) => operations.split(x, 0, new Array(12).fill(1)).slice(2, 11),
  }),
  gather: tables.map(({ rows, row, index }) => ({
    inputs: [{ shape: [rows, ...row] }, index],
    build: operations.gather,
  })),
  scatterAdd: tables.map(({ rows, row, index }) => ({
    inputs: [{ shape: [...index.shape, ...row] }, index],
    build: (updates, indices) => operations.scatterAdd(updates, indices, rows),
  })),
  pick: targets.map(({ inputs }) => ({ inputs, build: operations.pick })),
  top: shapeOf(1).chain((shape) =>
    fc
      .record({ count: fc.integer({ min: 1, max: shape.at(-1)! }), largest: fc.boolean() })
      .map(({ count, largest }) => ({
        inputs: [{ shape }],
        build: (x: Value) => operations.top(x, count, { largest }).values,
      })),
  ),
  sort: lastAxis((x) => operations.sort(x, { descending: true }).values),
  lowerTriangle: shapeOf(2).map((shape) => ({ inputs: [{ shape }], build: operations.lowerTriangle })),
  softmax: lastAxis(operations.softmax),
  logSoftmax: lastAxis(operations.logSoftmax),
  crossEntropy: targets.map(({ inputs }) => ({
    inputs,
    build: (x, y) => Object.values(operations.crossEntropy(x, y)),
  })),
  'crossEntropy, loss only': targets.map(({ inputs }) => ({
    inputs,
    build: (x, y) => operations.crossEntropy(x, y).loss,
  })),
  layerNormalization: layerNormalizations,
  cast: unary((x) => operations.cast(operations.tanh(x), 'float32')),
}

/** Operations through which no gradient flows. */
export const constantLike: Record<string, fc.Arbitrary<Case>> = {
  floor: unary(operations.floor),
  sign: unary(operations.sign),
  stopGradient: unary((x) => operations.stopGradient(operations.exp(x))),
  'add of whole numbers': whole(operations.add),
  'multiply of whole numbers': whole(operations.multiply),
  'maximum of whole numbers': whole(operations.maximum),
  equal: whole(operations.equal),
  less: binary(operations.less),
  greater: binary(operations.greater),
  lessOrEqual: whole(operations.lessOrEqual),
  greaterOrEqual: whole(operations.greaterOrEqual),
  'and, or, not': broadcastPair.map(([a, b]) => ({
    inputs: [{ shape: a }, { shape: b }],
    build(x, y) {
      const left = operations.greater(x, 0)
      const right = operations.less(y, 0)
      return [operations.and(left, right), operations.or(left, right), operations.not(left)]
    },
  })),
  'cast to int32': unary((x) => operations.cast(x, 'int32')),
  'cast to bool': whole((a) => operations.cast(a as Value, 'bool')),
  oneHot: fc.tuple(anyShape, size).map(([shape, classes]) => ({
    inputs: [{ shape, type: 'int32', from: -1, to: classes + 1 }],
    build: (indices) => operations.oneHot(indices, classes),
  })),
  'top indices': lastAxis((x) => operations.top(x, 1).indices),
  'sort indices': lastAxis((x) => operations.sort(x).indices),
  'range and causal mask': size.map((n) => ({
    inputs: [{ shape: [n, n] }],
    build: (x) => operations.where(operations.causalMask(x.graph, n), operations.range(x.graph, n), -1),
  })),
  filled: anyShape.map((shape) => ({
    inputs: [{ shape }],
    build: (x) => operations.add(x, operations.filled(x.graph, shape, 2.5)),
  })),
}
