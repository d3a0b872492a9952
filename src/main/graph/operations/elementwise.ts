import { broadcastShapes, type ElementType, formatShape, GraphError, sameShape } from '../dimensions.ts'
import type { Emitter } from '../emission.ts'
import { apply, isConstant, type Operation, requireType, type Value } from '../graph.ts'
import { broadcastStrides, positionOf, tabulate, tabulateCoordinates } from '../tensors.ts'
import { expand, expansionSource, sumTo } from './broadcasting.ts'

/** A value, or a number that stands for a scalar constant of the other operand's type. */
export type Operand = Value | number

interface UnaryRule {
  readonly types?: readonly ElementType[]
  readonly compute: (x: number) => number
  /** dx from the input x, the result y and the gradient g. Absent: no gradient flows (piecewise constant). */
  readonly derivative?: (x: Value, y: Value, g: Value) => Value
  /** Name of the ONNX operator, or what to write instead. */
  readonly onnx: string | ((emitter: Emitter, x: string) => string)
  readonly simplify?: (x: Value) => Value | undefined
}

function unary(name: string, rule: UnaryRule): (x: Value) => Value {
  const { derivative, onnx } = rule
  const operation: Operation<null> = {
    name,
    infer([x]) {
      requireType(name, x, ...(rule.types ?? ['float32']))
      return [{ type: x.type, shape: x.shape }]
    },
    ...(derivative && {
      derivative: ({ inputs, outputs, gradients }) => [derivative(inputs[0], outputs[0], gradients[0]!)],
    }),
    simplify: ([x]) => rule.simplify?.(x),
    emit: (emitter, [x]) => [typeof onnx === 'string' ? emitter.node(onnx, [x]) : onnx(emitter, x)],
    interpret: ([x], _, [shape]) => [tabulate(shape, (position) => rule.compute(x.data[position]))],
  }
  return (x) => apply(operation, [x], null)
}

interface BinaryRule {
  readonly types?: readonly ElementType[]
  /** Element type of the result; that of the operands when absent. */
  readonly result?: ElementType
  readonly compute: (a: number, b: number) => number
  /** Gradients by a and by b before the sum over broadcast axes. Absent: no gradient flows. */
  readonly derivative?: (a: Value, b: Value, y: Value, g: Value) => readonly [() => Value, () => Value]
  readonly onnx: string
  readonly simplify?: (a: Value, b: Value) => Value | undefined
}

function binary(name: string, rule: BinaryRule): (a: Operand, b: Operand) => Value {
  const { derivative, onnx } = rule
  const operation: Operation<null> = {
    name,
    infer([a, b]) {
      requireType(name, a, ...(rule.types ?? ['float32', 'int32']))
      if (a.type !== b.type) {
        throw new GraphError(
          `${name}: ${a.type} ${formatShape(a.shape)} and ${b.type} ${formatShape(b.shape)} differ in type`,
        )
      }
      return [{ type: rule.result ?? a.type, shape: broadcastShapes(name, a.shape, b.shape) }]
    },
    ...(derivative && {
      derivative({ inputs: [a, b], outputs, gradients, wants }) {
        const [byA, byB] = derivative(a, b, outputs[0], gradients[0]!)
        return [wants(0) ? sumTo(byA(), a.shape) : undefined, wants(1) ? sumTo(byB(), b.shape) : undefined]
      },
    }),
    simplify([a, b]) {
      const simpler = rule.simplify?.(a, b)
      return simpler ?? withoutExpansion(operation, a, b)
    },
    emit: (emitter, operands) => [emitter.node(onnx, operands)],
    interpret([a, b], _, [shape]) {
      if (sameShape(a.shape, shape) && sameShape(b.shape, shape)) {
        return [tabulate(shape, (position) => rule.compute(a.data[position], b.data[position]))]
      }
      const left = broadcastStrides(a.shape, shape)
      const right = broadcastStrides(b.shape, shape)
      return [
        tabulateCoordinates(shape, (at) => rule.compute(a.data[positionOf(at, left)], b.data[positionOf(at, right)])),
      ]
    },
  }
  return (a, b) => {
    const [left, right] = toValues(name, a, b)
    return apply(operation, [left, right], null)
  }
}

/** The same arithmetic on the un-expanded operand, when the other operand alone gives the shape. */
function withoutExpansion(operation: Operation<null>, a: Value, b: Value): Value | undefined {
  const result = broadcastShapes(operation.name, a.shape, b.shape)
  const left = expansionSource(a)
  if (left && sameShape(b.shape, result)) return apply(operation, [left, b], null)
  const right = expansionSource(b)
  if (right && sameShape(a.shape, result)) return apply(operation, [a, right], null)
  return undefined
}

/** Operands as values; a number becomes a scalar of the other's type. */
export function toValues(operation: string, a: Operand, b: Operand): [Value, Value] {
  if (typeof a === 'number') {
    if (typeof b === 'number') throw new GraphError(`${operation}: ${a} and ${b} are both plain numbers`)
    return [b.graph.constant(a, [], b.type), b]
  }
  return [a, typeof b === 'number' ? a.graph.constant(b, [], a.type) : b]
}

/** x in the shape that it has together with y. */
function shapedLike(x: Value, y: Value): Value {
  return expand(x, broadcastShapes('expand', x.shape, y.shape))
}

/** a + b. Derivative: da = g, db = g. */
export const add = binary('add', {
  compute: (a, b) => a + b,
  derivative: (_a, _b, _y, g) => [() => g, () => g],
  onnx: 'Add',
  simplify(a, b) {
    if (isConstant(b, 0)) return shapedLike(a, b)
    return isConstant(a, 0) ? shapedLike(b, a) : undefined
  },
})

/** a - b. Derivative: da = g, db = -g. */
export const subtract = binary('subtract', {
  compute: (a, b) => a - b,
  derivative: (_a, _b, _y, g) => [() => g, () => negate(g)],
  onnx: 'Sub',
  simplify: (a, b) => (isConstant(b, 0) ? shapedLike(a, b) : undefined),
})

/** a b. Derivative: da = g b, db = g a. */
export const multiply = binary('multiply', {
  compute: (a, b) => a * b,
  derivative: (a, b, _y, g) => [() => multiply(g, b), () => multiply(g, a)],
  onnx: 'Mul',
  simplify(a, b) {
    if (isConstant(b, 1)) return shapedLike(a, b)
    return isConstant(a, 1) ? shapedLike(b, a) : undefined
  },
})

/** a / b. Derivative: da = g / b, db = -g y / b. */
export const divide = binary('divide', {
  types: ['float32'],
  compute: (a, b) => a / b,
  derivative: (_a, b, y, g) => [() => divide(g, b), () => negate(divide(multiply(g, y), b))],
  onnx: 'Div',
  simplify: (a, b) => (isConstant(b, 1) ? shapedLike(a, b) : undefined),
})

/** The larger one. Derivative: g to the larger operand, to a where they are equal. */
export const maximum = binary('maximum', {
  compute: Math.max,
  derivative: (a, b, _y, g) => [
    () => multiply(g, cast(greaterOrEqual(a, b), g.type)),
    () => multiply(g, cast(less(a, b), g.type)),
  ],
  onnx: 'Max',
})

/** The smaller one. Derivative: g to the smaller operand, to a where they are equal. */
export const minimum = binary('minimum', {
  compute: Math.min,
  derivative: (a, b, _y, g) => [
    () => multiply(g, cast(lessOrEqual(a, b), g.type)),
    () => multiply(g, cast(greater(a, b), g.type)),
  ],
  onnx: 'Min',
})

/** a^b for a > 0. Derivative: da = g b a^(b-1), db = g y log a. */
export const power = binary('power', {
  types: ['float32'],
  compute: (a, b) => a ** b,
  derivative: (a, b, y, g) => [
    () => multiply(g, multiply(b, power(a, subtract(b, 1)))),
    () => multiply(g, multiply(y, log(a))),
  ],
  onnx: 'Pow',
  simplify: (a, b) => (isConstant(b, 2) && b.rank === 0 ? multiply(a, a) : undefined),
})

/** a = b, as bool. */
export const equal = binary('equal', { result: 'bool', compute: (a, b) => Number(a === b), onnx: 'Equal' })

/** a < b, as bool. */
export const less = binary('less', { result: 'bool', compute: (a, b) => Number(a < b), onnx: 'Less' })

/** a > b, as bool. */
export const greater = binary('greater', { result: 'bool', compute: (a, b) => Number(a > b), onnx: 'Greater' })

/** a <= b, as bool. */
export const lessOrEqual = binary('lessOrEqual', {
  result: 'bool',
  compute: (a, b) => Number(a <= b),
  onnx: 'LessOrEqual',
})

/** a >= b, as bool. */
export const greaterOrEqual = binary('greaterOrEqual', {
  result: 'bool',
  compute: (a, b) => Number(a >= b),
  onnx: 'GreaterOrEqual',
})

/** Both, as bool. */
export const and = binary('and', { types: ['bool'], compute: (a, b) => a * b, onnx: 'And' })

/** Either or both, as bool. */
export function or(a: Value, b: Value): Value {
  // WebGPU has a kernel for And, but none for Or.
  return not(and(not(a), not(b)))
}

/** The opposite, as bool. */
export const not = unary('not', { types: ['bool'], compute: (x) => 1 - x, onnx: 'Not' })

/** -x. Derivative: dx = -g. */
export const negate = unary('negate', {
  types: ['float32', 'int32'],
  compute: (x) => -x,
  derivative: (_x, _y, g) => negate(g),
  onnx: 'Neg',
})

/** e^x. Derivative: dx = g y. */
export const exp = unary('exp', { compute: Math.exp, derivative: (_x, y, g) => multiply(g, y), onnx: 'Exp' })

/** Natural logarithm. Derivative: dx = g / x. */
export const log = unary('log', { compute: Math.log, derivative: (x, _y, g) => divide(g, x), onnx: 'Log' })

/** Square root. Derivative: dx = g / (2 y). */
export const sqrt = unary('sqrt', {
  compute: Math.sqrt,
  derivative: (_x, y, g) => divide(multiply(g, 0.5), y),
  onnx: 'Sqrt',
})

/** x^2. Derivative: dx = 2 x g. */
export function square(x: Value): Value {
  return multiply(x, x)
}

/** 1 / x. Derivative: dx = -g y^2. */
export const reciprocal = unary('reciprocal', {
  compute: (x) => 1 / x,
  derivative: (_x, y, g) => negate(multiply(g, square(y))),
  onnx: 'Reciprocal',
})

/** 1 / (1 + e^-x). Derivative: dx = g y (1 - y). */
export const sigmoid = unary('sigmoid', {
  compute: (x) => 1 / (1 + Math.exp(-x)),
  derivative: (_x, y, g) => multiply(g, multiply(y, subtract(1, y))),
  onnx: 'Sigmoid',
})

/** Hyperbolic tangent. Derivative: dx = g (1 - y^2). */
export const tanh = unary('tanh', {
  compute: Math.tanh,
  derivative: (_x, y, g) => multiply(g, subtract(1, square(y))),
  onnx: 'Tanh',
})

/** max(x, 0). Derivative: dx = g where y > 0. */
export const relu = unary('relu', {
  compute: (x) => Math.max(x, 0),
  derivative: (_x, y, g) => multiply(g, cast(greater(y, 0), g.type)),
  onnx: 'Relu',
})

/** |x|. Derivative: dx = g sign(x). */
export const abs = unary('abs', {
  types: ['float32', 'int32'],
  compute: Math.abs,
  derivative: (x, _y, g) => multiply(g, sign(x)),
  onnx: 'Abs',
})

/** -1, 0 or 1. No gradient flows. */
export const sign = unary('sign', {
  compute: Math.sign,
  onnx(emitter, x) {
    if (emitter.target === 'cpu') return emitter.node('Sign', [x])
    const zero = emitter.constant(0, 'float32')
    const positive = emitter.cast(emitter.node('Greater', [x, zero]), 'float32')
    return emitter.node('Sub', [positive, emitter.cast(emitter.node('Less', [x, zero]), 'float32')])
  },
})

/** The largest whole number not above x. No gradient flows. */
export const floor = unary('floor', { compute: Math.floor, onnx: 'Floor' })

/** x, but no gradient flows through it. */
export const stopGradient = unary('stopGradient', {
  types: ['float32', 'int32', 'bool'],
  compute: (x) => x,
  onnx: (_, x) => x,
  simplify: (x) => x,
})

const whereOperation: Operation<null> = {
  name: 'where',
  infer([condition, a, b]) {
    requireType('where', condition, 'bool')
    if (a.type !== b.type) {
      throw new GraphError(
        `where: ${a.type} ${formatShape(a.shape)} and ${b.type} ${formatShape(b.shape)} differ in type`,
      )
    }
    return [
      { type: a.type, shape: broadcastShapes('where', condition.shape, broadcastShapes('where', a.shape, b.shape)) },
    ]
  },
  derivative({ inputs: [condition, a, b], gradients: [g], wants }) {
    return [
      undefined,
      wants(1) ? sumTo(where(condition, g!, 0), a.shape) : undefined,
      wants(2) ? sumTo(where(condition, 0, g!), b.shape) : undefined,
    ]
  },
  emit: (emitter, inputs) => [emitter.node('Where', inputs)],
  interpret(inputs, _, [shape]) {
    const [condition, a, b] = inputs.map(({ data, shape: from }) => {
      const strides = broadcastStrides(from, shape)
      return (at: readonly number[]) => data[positionOf(at, strides)]
    })
    return [tabulateCoordinates(shape, (at) => (condition(at) ? a(at) : b(at)))]
  },
}

/** a where the condition holds, otherwise b. Derivative: da = g where it holds, db = g where it does not, 0 elsewhere. */
export function where(condition: Value, a: Operand, b: Operand): Value {
  const [left, right] = toValues('where', a, b)
  return apply(whereOperation, [condition, left, right], null)
}

interface CastAttributes {
  readonly type: ElementType
}

const castOperation: Operation<CastAttributes> = {
  name: 'cast',
  infer: ([x], { type }) => [{ type, shape: x.shape }],
  derivative: ({ inputs: [x], gradients: [g] }) => [x.type === 'float32' ? g : undefined],
  simplify: ([x], { type }) => (x.type === type ? x : undefined),
  emit: (emitter, [x], { attributes: { type } }) => [emitter.cast(x, type)],
  interpret([x], { type }, [shape]) {
    const convert = { float32: (v: number) => v, int32: Math.trunc, bool: (v: number) => Number(v !== 0) }[type]
    return [tabulate(shape, (position) => convert(x.data[position]))]
  },
}

/** x as another element type: to int32 cut towards zero, to bool whether it is not 0. No gradient flows through whole numbers. */
export function cast(x: Value, type: ElementType): Value {
  return x.type === type ? x : apply(castOperation, [x], { type })
}

/** a - m floor(a / m) for a constant or value m > 0: the remainder in [0, m). Derivative: da = g, dm = -g floor(a / m). */
export function modulo(a: Value, m: Operand): Value {
  return subtract(a, multiply(floor(divide(a, m)), m))
}

/** x limited to [low, high]. Derivative: dx = g inside, 0 outside. */
export function clamp(x: Value, low: Operand, high: Operand): Value {
  return minimum(maximum(x, low), high)
}
