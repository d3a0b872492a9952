import { fromBinary } from '@bufbuild/protobuf'
import { ModelProtoSchema } from 'onnx-buf'

/** The operators of a model, once each; those of another domain with its name. */
export function operatorsOf(model: Uint8Array): string[] {
  const nodes = fromBinary(ModelProtoSchema, model).graph!.node
  return [...new Set(nodes.map(({ domain, opType }) => (domain ? `${domain}.${opType}` : opType)))].sort()
}

/** Standard operators for which ONNX Runtime 1.30's WebGPU provider has a kernel: all that the portable target may use. */
export const webgpuOperators = [
  'Abs',
  'Add',
  'And',
  'Cast',
  'Concat',
  'CumSum',
  'Div',
  'Equal',
  'Exp',
  'Expand',
  'Floor',
  'Gather',
  'GatherElements',
  'Gemm',
  'Greater',
  'GreaterOrEqual',
  'Identity',
  'LayerNormalization',
  'Less',
  'LessOrEqual',
  'Log',
  'MatMul',
  'Max',
  'Min',
  'Mul',
  'Neg',
  'Not',
  'Pad',
  'Pow',
  'Range',
  'Reciprocal',
  'ReduceMax',
  'ReduceMean',
  'ReduceSum',
  'Relu',
  'Reshape',
  'ScatterND',
  'Shape',
  'Sigmoid',
  'Slice',
  'Softmax',
  'Split',
  'Sqrt',
  'Sub',
  'Tanh',
  'TopK',
  'Transpose',
  'Trilu',
  'Where',
]
