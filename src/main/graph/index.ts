/**
 * Tensors as a graph: describe a computation with the operations, differentiate it, interpret it in float64 or write it as ONNX.
 * Nothing here knows a model, and nothing here does input or output.
 */
export { gradients } from './differentiate.ts'
export { type Dimension, type ElementType, GraphError, multiplyDimensions, type Shape } from './dimensions.ts'
export type { Target } from './emission.ts'
export { Graph, type Tensor, Value } from './graph.ts'
export { type Feed, interpret } from './interpreter.ts'
export { peakBytes } from './memory.ts'
export { type OnnxOptions, toOnnx } from './onnx.ts'
export * from './operations/index.ts'
export { optimize } from './optimize.ts'
export { type CarriedNames, repetitions, toOnnxScan } from './scan.ts'
