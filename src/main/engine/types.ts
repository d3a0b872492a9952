import type { Device } from '../../shared/configuration.ts'

export type TensorData = Float32Array | Int32Array | BigInt64Array | Uint8Array

export interface DeviceTensor {
  data: TensorData
  shape: readonly number[]
}

/** An ONNX graph with the names that the host feeds and fetches. */
export interface CompiledGraph {
  /** Serialised ONNX model. */
  model: Uint8Array
  /** State that is an output of one run and an input of the next: parameters, optimizer moments. */
  state: readonly { input: string; output: string; shape: readonly number[] }[]
  inputs: readonly { name: string; type: 'float32' | 'int32' | 'int64'; shape: readonly (number | string)[] }[]
  outputs: readonly { name: string; shape: readonly (number | string)[] }[]
}

/** Runs one compiled graph on one device and keeps its state there. Not concurrent: one call at a time. */
export interface GraphRunner {
  readonly device: Device
  /** One execution: the state advances, the other outputs come back. Throws WorkbenchError `device` when the device fails. */
  run(feeds: Record<string, TensorData>): Promise<Record<string, DeviceTensor>>
  /** Copies of the state, by input name. */
  readState(): Promise<Record<string, Float32Array>>
  writeState(state: Record<string, Float32Array>): Promise<void>
  dispose(): Promise<void>
}
