import * as ort from 'onnxruntime-node'
import type { ElementType } from '../../src/main/graph/index.ts'

/** What a bare session is fed: elements as plain numbers, converted to the input's type. */
export interface OnnxFeed {
  readonly data: ArrayLike<number>
  readonly shape: readonly number[]
  readonly type?: ElementType
}

export interface OnnxResult {
  readonly data: Float64Array
  readonly shape: readonly number[]
}

/** Runs a model once in ONNX Runtime on the cpu and gives its outputs as plain numbers. */
export async function runOnnx(
  model: Uint8Array,
  feeds: Readonly<Record<string, OnnxFeed>>,
  options: ort.InferenceSession.SessionOptions = {},
): Promise<Record<string, OnnxResult>> {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 3, ...options })
  try {
    const tensors = Object.entries(feeds).map(([name, feed]) => [name, toTensor(feed)] as const)
    const results = await session.run(Object.fromEntries(tensors))
    return Object.fromEntries(
      Object.entries(results).map(([name, { data, dims }]) => [name, { data: toNumbers(data), shape: dims }]),
    )
  } finally {
    await session.release()
  }
}

function toTensor({ data, shape, type = 'float32' }: OnnxFeed): ort.Tensor {
  if (type === 'int32') return new ort.Tensor('int32', Int32Array.from(data), shape)
  if (type === 'bool') return new ort.Tensor('bool', Uint8Array.from(data), shape)
  return new ort.Tensor('float32', Float32Array.from(data), shape)
}

function toNumbers(data: ort.Tensor.DataType): Float64Array {
  return Float64Array.from(data as ArrayLike<number | bigint>, Number)
}
