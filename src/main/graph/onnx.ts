import { create, toBinary } from '@bufbuild/protobuf'
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf'
import { type Dimension, factors, GraphError, isStatic, type Shape } from './dimensions.ts'
import type { Emitter, OnnxAttribute, OnnxElementType, Target } from './emission.ts'
import { type ConstantData, type Graph, type Node, reachable, type Value } from './graph.ts'
import { optimize } from './optimize.ts'

/** The oldest operator set with everything we write, so that the most runtimes take it; IR version 8 belongs to it. */
const operatorSet = 18n
const irVersion = 8n

export interface OnnxOptions {
  target: Target
  /** Pairs of text that travel with the model. */
  metadata?: Readonly<Record<string, string>>
  /** Fold, merge and simplify first; true when absent. */
  optimize?: boolean
}

/**
 * Writes a graph as an ONNX model. The names of inputs and outputs are the graph's own; all other names are numbers in order, so
 * that the same graph always gives the same bytes.
 */
export function toOnnx(graph: Graph, { target, metadata = {}, optimize: simplify = true }: OnnxOptions): Uint8Array {
  const body = writeGraph(simplify ? optimize(graph) : graph, target)
  return serialize(body, target, metadata)
}

/** An ONNX model around a graph. */
export function serialize(graph: GraphProto, target: Target, metadata: Readonly<Record<string, string>>): Uint8Array {
  const model = create(ModelProtoSchema, {
    irVersion,
    producerName: 'behavegpt',
    opsetImport: [
      { domain: '', version: operatorSet },
      ...(target === 'cpu' ? [{ domain: 'com.microsoft', version: 1n }] : []),
    ],
    graph,
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  })
  return toBinary(ModelProtoSchema, model)
}

/** Writes the nodes of a graph, in order. */
export function writeGraph(graph: Graph, target: Target): GraphProto {
  const needed = reachable(graph)
  const writer = new Writer(graph, target, needed)
  for (const node of graph.nodes) {
    if (node.outputs.some((output) => needed.has(output))) writer.write(node)
  }
  return writer.finish()
}

class Writer implements Emitter {
  readonly target: Target
  private readonly graph: Graph
  private readonly needed: ReadonlySet<Value>
  private readonly names = new Map<number, string>()
  private readonly protos: NodeProto[] = []
  private readonly initializers: TensorProto[] = []
  /** Constants, casts and sizes that were written already, by what they are. */
  private readonly written = new Map<string, string>()
  private count = 0

  constructor(graph: Graph, target: Target, needed: ReadonlySet<Value>) {
    this.graph = graph
    this.target = target
    this.needed = needed
    for (const { name, value } of graph.inputs) this.names.set(value.id, name)
  }

  write(node: Node): void {
    const inputs = node.inputs.map((input) => this.nameOf(input))
    const outputs = node.operation.emit(this, inputs, node)
    node.outputs.forEach((output, index) => {
      this.names.set(output.id, outputs[index])
    })
  }

  finish(): GraphProto {
    this.nameOutputs()
    return create(GraphProtoSchema, {
      name: 'behavegpt',
      node: this.protos,
      initializer: this.initializers,
      input: this.graph.inputs.map(({ name, value }) => valueInfo(name, value)),
      output: this.graph.outputs.map(({ name, value }) => valueInfo(name, value)),
    })
  }

  /** Gives computed outputs their names; an output that is an input, a constant or another output too gets a copy. */
  private nameOutputs(): void {
    const computed = new Set(this.protos.flatMap(({ output }) => output))
    const renamed = new Map<string, string>()
    const copies: NodeProto[] = []
    for (const { name, value } of this.graph.outputs) {
      const own = this.nameOf(value)
      if (computed.has(own) && !renamed.has(own)) renamed.set(own, name)
      else copies.push(this.proto('Identity', [own], [name]))
    }
    this.protos.push(...copies)
    for (const proto of this.protos) {
      proto.input = proto.input.map((name) => renamed.get(name) ?? name)
      proto.output = proto.output.map((name) => renamed.get(name) ?? name)
    }
  }

  isUsed(value: { readonly id: number }): boolean {
    return this.needed.has(value as Value)
  }

  node(type: string, inputs: readonly string[], attributes: Record<string, OnnxAttribute> = {}): string {
    return this.nodes(type, inputs, { outputs: 1, attributes })[0]
  }

  nodes(
    type: string,
    inputs: readonly string[],
    options: { outputs: number; domain?: 'com.microsoft'; attributes?: Record<string, OnnxAttribute> },
  ): string[] {
    const outputs = Array.from({ length: options.outputs }, () => this.fresh())
    this.protos.push(this.proto(type, inputs, outputs, options.attributes, options.domain))
    return outputs
  }

  constant(data: readonly number[] | number, type: OnnxElementType, shape?: readonly number[]): string {
    const elements = typeof data === 'number' ? [data] : data
    const sizes = shape ?? (typeof data === 'number' ? [] : [elements.length])
    return this.once(`constant ${type} ${sizes} : ${elements}`, () => this.initializer(elements, type, sizes))
  }

  sizes(shape: Shape): string {
    if (isStatic(shape)) return this.constant(shape, 'int64')
    return this.once(`sizes ${shape.join(' ')}`, () => {
      const parts = shape.map((dimension) => this.sizeVector(dimension))
      return parts.length === 1 ? parts[0] : this.node('Concat', parts, { axis: 0 })
    })
  }

  size(dimension: Dimension): string {
    if (typeof dimension === 'number') return this.constant(dimension, 'int64')
    return this.once(`size ${dimension}`, () =>
      this.node('Reshape', [this.sizeVector(dimension), this.constant([], 'int64', [0])]),
    )
  }

  cast(input: string, type: OnnxElementType): string {
    return this.once(`cast ${input} ${type}`, () => this.node('Cast', [input], { to: onnxTypes[type] }))
  }

  /** Name of an int64 vector of one element with this size. */
  private sizeVector(dimension: Dimension): string {
    if (typeof dimension === 'number') return this.constant([dimension], 'int64')
    return this.once(`dimension ${dimension}`, () => {
      const { factor, names } = factors(dimension)
      const parts = [
        ...(factor === 1 ? [] : [this.constant([factor], 'int64')]),
        ...names.map((name) => this.symbol(name)),
      ]
      return parts.reduce((product, part) => this.node('Mul', [product, part]))
    })
  }

  /** The size of a symbolic dimension, read from the first input that has it. */
  private symbol(name: string): string {
    if (name.startsWith('(')) return this.sum(name)
    for (const input of this.graph.inputs) {
      const axis = input.value.shape.indexOf(name)
      if (axis >= 0) return this.node('Shape', [input.name], { start: axis, end: axis + 1 })
    }
    throw new GraphError(`the size of symbolic dimension ${name} occurs in no input`)
  }

  /** The size of a dimension that is a sum: `(2*batch+3)`. */
  private sum(name: string): string {
    const terms = name.slice(1, -1).split('+')
    const sizes = terms.map((term) => this.sizeVector(/^\d+$/.test(term) ? Number(term) : term))
    return sizes.reduce((total, size) => this.node('Add', [total, size]))
  }

  private nameOf(value: Value): string {
    const known = this.names.get(value.id)
    if (known !== undefined) return known
    if (value.origin.kind !== 'constant') throw new GraphError('toOnnx: a value is read before it is computed')
    const name = this.initializer(value.origin.data, value.type, value.shape as readonly number[])
    this.names.set(value.id, name)
    return name
  }

  private initializer(data: ConstantData, type: OnnxElementType, shape: readonly number[]): string {
    const name = this.fresh()
    const dims = shape.map(BigInt)
    this.initializers.push(
      create(TensorProtoSchema, { name, dims, dataType: onnxTypes[type], rawData: encode(data, type) }),
    )
    return name
  }

  private once(key: string, create: () => string): string {
    const known = this.written.get(key)
    if (known !== undefined) return known
    const name = create()
    this.written.set(key, name)
    return name
  }

  private fresh(): string {
    return `_${this.count++}`
  }

  private proto(
    opType: string,
    input: readonly string[],
    output: readonly string[],
    attributes: Record<string, OnnxAttribute> = {},
    domain = '',
  ): NodeProto {
    const attribute = Object.entries(attributes).map(([name, value]) => encodeAttribute(name, value))
    return create(NodeProtoSchema, { opType, domain, input: [...input], output: [...output], attribute })
  }
}

const onnxTypes: Record<OnnxElementType, TensorProto_DataType> = {
  float32: TensorProto_DataType.FLOAT,
  int32: TensorProto_DataType.INT32,
  int64: TensorProto_DataType.INT64,
  bool: TensorProto_DataType.BOOL,
}

/** Elements as ONNX stores them: raw little-endian bytes. */
function encode(data: ConstantData, type: OnnxElementType): Uint8Array<ArrayBuffer> {
  const typed = {
    float32: () => Float32Array.from(data),
    int32: () => Int32Array.from(data),
    int64: () => BigInt64Array.from(Array.from(data, BigInt)),
    bool: () => Uint8Array.from(data),
  }[type]()
  return new Uint8Array(typed.buffer)
}

export function encodeAttribute(name: string, value: OnnxAttribute) {
  if (typeof value === 'number') {
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) })
  }
  if (typeof value === 'string') {
    const s = new TextEncoder().encode(value)
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.STRING, s })
  }
  if ('float' in value) {
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.FLOAT, f: value.float })
  }
  return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INTS, ints: value.map(BigInt) })
}

/** Type and shape of an input or output. A computed symbolic size has no name that ONNX could check, so it gets none. */
export function valueInfo(name: string, { type, shape }: Pick<Value, 'type' | 'shape'>): ValueInfoProto {
  const dim = shape.map((dimension) => create(TensorShapeProto_DimensionSchema, { value: dimensionValue(dimension) }))
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: onnxTypes[type], shape: { dim } } } },
  })
}

function dimensionValue(dimension: Dimension) {
  if (typeof dimension === 'number') return { case: 'dimValue', value: BigInt(dimension) } as const
  if (/^\w+$/.test(dimension)) return { case: 'dimParam', value: dimension } as const
  return { case: undefined }
}
