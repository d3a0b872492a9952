import type { Dimension, ElementType, Shape } from './dimensions.ts'

/** `cpu` may use ONNX Runtime's own com.microsoft operators; `portable` only standard ones that GPU providers implement. */
export type Target = 'cpu' | 'portable'

/** Attribute of an ONNX node: whole numbers are ints, `{ float }` is a float. */
export type OnnxAttribute = number | readonly number[] | string | { float: number }

/** Types of ONNX tensors inside an emission; ONNX wants int64 for shapes, axes and most indices. */
export type OnnxElementType = ElementType | 'int64'

/** What an operation writes its ONNX nodes with. Tensors are known by name. */
export interface Emitter {
  readonly target: Target
  /** Adds a node of the standard domain and returns the name of its only output. */
  node(type: string, inputs: readonly string[], attributes?: Record<string, OnnxAttribute>): string
  /** Adds a node with several outputs, or one of another domain. */
  nodes(
    type: string,
    inputs: readonly string[],
    options: { outputs: number; domain?: 'com.microsoft'; attributes?: Record<string, OnnxAttribute> },
  ): string[]
  /** Name of an initialiser with these elements; equal ones are stored once. */
  constant(data: readonly number[] | number, type: OnnxElementType, shape?: readonly number[]): string
  /** Name of an int64 vector with these sizes, computed when the graph runs where they are symbolic. */
  sizes(shape: Shape): string
  /** Name of an int64 scalar with this size. */
  size(dimension: Dimension): string
  cast(input: string, type: OnnxElementType): string
  /** False for an output that nothing reads, so that it need not be written; its name may be empty then. */
  isUsed(value: { readonly id: number }): boolean
}
