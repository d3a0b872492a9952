/**
 * Dimensions of tensors. A number is a known size; a string is a symbolic size, known only when the graph runs: a name that
 * occurs in the shape of an input (`batch`), or a product of names and one leading factor (`batch*length`, `4*batch`).
 */
export type Dimension = number | string
export type Shape = readonly Dimension[]

/** Element types of values. `bool` is what comparisons give and `where` takes. */
export type ElementType = 'float32' | 'int32' | 'bool'

/** An operation was applied to values that it does not fit, or a graph does not hold together. */
export class GraphError extends Error {
  override readonly name = 'GraphError'
}

/** `[batch, 4, 8]`, as errors show it. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`
}

/** Sum of dimensions that cannot be written as a product gets a name of its own; it can be stored but not computed with. */
const opaque = /[()]/

interface Product {
  factor: number
  names: readonly string[]
}

/** The factor and the sorted names of a dimension: `4*batch*length` is 4 and [batch, length]. */
export function factors(dimension: Dimension): Product {
  if (typeof dimension === 'number') return { factor: dimension, names: [] }
  if (opaque.test(dimension)) return { factor: 1, names: [dimension] }
  const parts = dimension.split('*')
  const numbers = parts.filter((part) => /^\d+$/.test(part)).map(Number)
  return {
    factor: numbers.reduce((product, number) => product * number, 1),
    names: parts.filter((part) => !/^\d+$/.test(part)).sort(),
  }
}

function fromProduct({ factor, names }: Product): Dimension {
  if (names.length === 0 || factor === 0) return factor
  return [...(factor === 1 ? [] : [String(factor)]), ...[...names].sort()].join('*')
}

/** Product of dimensions, in canonical form; the empty product is 1. */
export function multiplyDimensions(...dimensions: readonly Dimension[]): Dimension {
  const products = dimensions.map(factors)
  return fromProduct({
    factor: products.reduce((product, { factor }) => product * factor, 1),
    names: products.flatMap(({ names }) => names),
  })
}

/** `dividend / divisor`, or undefined where that is not a whole number times whole symbols. */
export function divideDimensions(dividend: Dimension, divisor: Dimension): Dimension | undefined {
  const left = factors(dividend)
  const right = factors(divisor)
  const names = [...left.names]
  for (const name of right.names) {
    const position = names.indexOf(name)
    if (position < 0) return undefined
    names.splice(position, 1)
  }
  const factor = left.factor / right.factor
  return Number.isInteger(factor) ? fromProduct({ factor, names }) : undefined
}

/** Sum of dimensions: a number, a multiple of one symbolic product, or a name in parentheses for anything else. */
export function addDimensions(...dimensions: readonly Dimension[]): Dimension {
  const sums = new Map<string, number>()
  for (const dimension of dimensions) {
    const { factor, names } = factors(dimension)
    if (factor === 0) continue
    const key = names.join('*')
    sums.set(key, (sums.get(key) ?? 0) + factor)
  }
  if (sums.size === 0) return 0
  const terms = [...sums].map(([key, factor]) => fromProduct({ factor, names: key === '' ? [] : key.split('*') }))
  return terms.length === 1 ? terms[0] : `(${terms.map(String).sort().join('+')})`
}

/** Number of elements of a shape. */
export function elements(shape: Shape): Dimension {
  return multiplyDimensions(...shape)
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis])
}

/** True when every dimension is known. */
export function isStatic(shape: Shape): shape is readonly number[] {
  return shape.every((dimension) => typeof dimension === 'number')
}

/** Non-negative axis; `axis` may count from the end as -1, -2, ... */
export function normalizeAxis(operation: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new GraphError(`${operation}: axis ${axis} is outside a shape of ${rank} dimensions`)
  }
  return axis < 0 ? axis + rank : axis
}

/** Sorted, distinct, non-negative axes; all axes when `axes` is undefined. */
export function normalizeAxes(operation: string, axes: number | readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis)
  const list = (typeof axes === 'number' ? [axes] : axes).map((axis) => normalizeAxis(operation, axis, rank))
  return [...new Set(list)].sort((a, b) => a - b)
}

/** The shape that two operands broadcast to, aligned at the last axis as in NumPy and ONNX. Throws when they do not fit. */
export function broadcastShapes(operation: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, index) => {
    const left = a[index - (rank - a.length)] ?? 1
    const right = b[index - (rank - b.length)] ?? 1
    if (left === right || right === 1) return left
    if (left === 1) return right
    throw new GraphError(`${operation}: shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast`)
  })
}

/** Symbolic sizes of one execution. */
export type Bindings = ReadonlyMap<string, number>

/** The size that a dimension has in one execution. */
export function resolveDimension(dimension: Dimension, bindings: Bindings): number {
  if (typeof dimension === 'number') return dimension
  if (opaque.test(dimension)) {
    const terms = dimension.slice(1, -1).split('+')
    return terms.reduce((sum, term) => sum + resolveDimension(parseTerm(term), bindings), 0)
  }
  const { factor, names } = factors(dimension)
  return names.reduce((product, name) => {
    const size = bindings.get(name)
    if (size === undefined) throw new GraphError(`the size of symbolic dimension ${name} occurs in no input`)
    return product * size
  }, factor)
}

function parseTerm(term: string): Dimension {
  return /^\d+$/.test(term) ? Number(term) : term
}

export function resolveShape(shape: Shape, bindings: Bindings): number[] {
  return shape.map((dimension) => resolveDimension(dimension, bindings))
}
