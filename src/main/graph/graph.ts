import { type Dimension, type ElementType, formatShape, GraphError, type Shape } from './dimensions.ts'
import type { Emitter } from './emission.ts'

export { type Dimension, type ElementType, GraphError, type Shape } from './dimensions.ts'

/** Type and shape of a value before it exists. */
export interface Signature {
  readonly type: ElementType
  readonly shape: Shape
}

/** Elements in row-major order; integers and booleans are numbers too. */
export interface Tensor {
  readonly data: Float64Array
  readonly shape: readonly number[]
}

export type ConstantData = Float64Array | Float32Array | Int32Array | Uint8Array | readonly number[]

/** What a derivative rule is given. */
export interface DerivativeContext<Attributes> {
  readonly graph: Graph
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  readonly attributes: Attributes
  /** Gradient of the loss by each output; undefined where the loss does not depend on it. */
  readonly gradients: readonly (Value | undefined)[]
  /** False where nobody asks for the gradient by this input, so that the rule can leave it out. */
  wants(input: number): boolean
}

/**
 * One kind of operation. Everything that the graph knows about it stands in this one object: shape rule, derivative,
 * ONNX nodes and reference interpretation.
 *
 * To add one: write the object and a function that applies it in the file of its family in operations/, with the derivative as a formula
 * in the function's docstring; export the function from operations/index.ts; add a random instance to test/graph/support/cases.ts, from
 * where it is compared with ONNX Runtime, WebGPU and central differences.
 */
export interface Operation<Attributes> {
  readonly name: string
  /** Types and shapes of the outputs. Throws GraphError, naming the operation and the shapes, when the inputs do not fit. */
  infer(inputs: readonly Value[], attributes: Attributes): readonly Signature[]
  /** Gradients by the inputs, in order; undefined for none. Absent when the operation is piecewise constant or not differentiable. */
  derivative?(context: DerivativeContext<Attributes>): readonly (Value | undefined)[]
  /** A simpler value that equals the only output, or undefined. Used by the optimizer. */
  simplify?(inputs: readonly Value[], attributes: Attributes): Value | undefined
  /** Writes ONNX nodes and returns the names of the outputs. */
  emit(emitter: Emitter, inputs: readonly string[], node: Node<Attributes>): readonly string[]
  /** Computes the outputs in float64; `shapes` are the sizes of the outputs in this execution. */
  interpret(
    inputs: readonly Tensor[],
    attributes: Attributes,
    shapes: readonly (readonly number[])[],
  ): readonly Tensor[]
}

/** An operation applied to values. */
export interface Node<Attributes = unknown> {
  readonly operation: Operation<Attributes>
  readonly attributes: Attributes
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
}

/** Where a value comes from. */
export type Origin =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'constant'; readonly data: ConstantData }
  | { readonly kind: 'node'; readonly node: Node; readonly output: number }

/** A tensor in a graph. Immutable; two values of one graph with the same `id` are the same. */
export class Value {
  readonly graph: Graph
  readonly id: number
  readonly type: ElementType
  readonly shape: Shape
  readonly origin: Origin

  constructor(graph: Graph, id: number, signature: Signature, origin: Origin) {
    this.graph = graph
    this.id = id
    this.type = signature.type
    this.shape = signature.shape
    this.origin = origin
  }

  get rank(): number {
    return this.shape.length
  }
}

/** Constants of at most this many elements are compared by content, so that equal ones are one value. */
const comparedByContent = 1024

/**
 * A computation over tensors: inputs, constants, nodes in an order in which each comes after what it reads, and named outputs.
 * Equal nodes (same operation, attributes and inputs) are one node from the start.
 */
export class Graph {
  readonly inputs: { readonly name: string; readonly value: Value }[] = []
  readonly outputs: { readonly name: string; readonly value: Value }[] = []
  readonly nodes: Node[] = []
  private readonly known = new Map<string, Node | Value>()
  private nextId = 0

  /** A tensor that is fed at each execution. Throws when the name is taken. */
  input(name: string, type: ElementType, shape: Shape): Value {
    this.checkName('input', name)
    for (const dimension of shape) checkInputDimension(name, dimension)
    const value = this.value({ type, shape }, { kind: 'input', name })
    this.inputs.push({ name, value })
    return value
  }

  /**
   * A tensor whose elements never change. Without a shape: a scalar for a number, a vector for a list.
   * Throws when the number of elements does not fit the shape.
   */
  constant(data: ConstantData | number, shape?: readonly number[], type: ElementType = 'float32'): Value {
    const elements = typeof data === 'number' ? [data] : data
    const sizes = shape ?? (typeof data === 'number' ? [] : [elements.length])
    const expected = sizes.reduce((product, size) => product * size, 1)
    if (elements.length !== expected) {
      throw new GraphError(`constant: ${elements.length} elements do not fill shape ${formatShape(sizes)}`)
    }
    const create = () => this.value({ type, shape: sizes }, { kind: 'constant', data: elements })
    if (elements.length > comparedByContent) return create()
    const content = Array.from(elements, (element) => (Object.is(element, -0) ? '-0' : String(element)))
    return this.once(`constant ${type} ${sizes} : ${content}`, create) as Value
  }

  /** Names a value as a result of the graph. Throws when the name is taken. */
  output(name: string, value: Value): void {
    this.checkName('output', name)
    if (value.graph !== this) throw new GraphError(`output ${name} belongs to another graph`)
    this.outputs.push({ name, value })
  }

  /** Applies an operation; the functions in operations/ are the convenient way to do it. */
  apply<Attributes>(
    operation: Operation<Attributes>,
    inputs: readonly Value[],
    attributes: Attributes,
  ): readonly Value[] {
    for (const input of inputs) {
      if (input.graph !== this) throw new GraphError(`${operation.name}: an operand belongs to another graph`)
    }
    const key = `${operation.name} ${describe(attributes)} ${inputs.map((input) => input.id)}`
    const create = (): Node => {
      const outputs: Value[] = []
      const node: Node<Attributes> = { operation, attributes, inputs, outputs }
      const erased = node as Node
      operation.infer(inputs, attributes).forEach((signature, output) => {
        outputs.push(this.value(signature, { kind: 'node', node: erased, output }))
      })
      this.nodes.push(erased)
      return erased
    }
    return (this.once(key, create) as Node).outputs
  }

  /** Inputs and outputs share the names of one ONNX graph, in which computed values are called _0, _1, ... */
  private checkName(kind: string, name: string): void {
    if ([...this.inputs, ...this.outputs].some((other) => other.name === name)) {
      throw new GraphError(`${kind} ${name}: an input or output has this name already`)
    }
    if (name === '' || /^_\d+$/.test(name))
      throw new GraphError(`${kind} "${name}": this name is kept for computed values`)
  }

  private once(key: string, create: () => Node | Value): Node | Value {
    const existing = this.known.get(key)
    if (existing !== undefined) return existing
    const created = create()
    this.known.set(key, created)
    return created
  }

  private value(signature: Signature, origin: Origin): Value {
    return new Value(this, this.nextId++, signature, origin)
  }
}

/** Attributes as text that differs whenever they differ; JSON alone would write infinities as null. */
function describe(attributes: unknown): string {
  return JSON.stringify(attributes, (_, value) => (typeof value === 'number' ? String(value) : value))
}

function checkInputDimension(name: string, dimension: Dimension): void {
  if (typeof dimension === 'number' ? Number.isInteger(dimension) && dimension >= 0 : /^[A-Za-z_]\w*$/.test(dimension))
    return
  throw new GraphError(`input ${name}: dimension ${dimension} is neither a size nor a plain name`)
}

/** The outputs of a graph and everything they are computed from. */
export function reachable(graph: Graph): Set<Value> {
  const set = new Set(graph.outputs.map(({ value }) => value))
  for (const { inputs, outputs } of graph.nodes.slice().reverse()) {
    if (outputs.some((output) => set.has(output))) for (const input of inputs) set.add(input)
  }
  return set
}

/** Applies an operation that has one output. */
export function apply<Attributes>(
  operation: Operation<Attributes>,
  inputs: readonly Value[],
  attributes: Attributes,
): Value {
  return inputs[0].graph.apply(operation, inputs, attributes)[0]
}

/** Elements of a constant, or undefined for any other value. */
export function constantData(value: Value): ConstantData | undefined {
  return value.origin.kind === 'constant' ? value.origin.data : undefined
}

/** True for a constant whose elements all equal this number. */
export function isConstant(value: Value, number: number): boolean {
  const data = constantData(value)
  return (
    data !== undefined && data.length <= comparedByContent && Array.from(data).every((element) => element === number)
  )
}

/** The node that computes this value, when it is one of this operation. */
export function nodeOf<Attributes>(value: Value, operation: Operation<Attributes>): Node<Attributes> | undefined {
  const { origin } = value
  return origin.kind === 'node' && origin.node.operation.name === operation.name
    ? (origin.node as Node<Attributes>)
    : undefined
}

/** Throws GraphError unless the value has one of these types. */
export function requireType(operation: string, value: Value, ...types: readonly ElementType[]): void {
  if (types.includes(value.type)) return
  throw new GraphError(`${operation}: ${value.type} ${formatShape(value.shape)} where ${types.join(' or ')} is wanted`)
}
