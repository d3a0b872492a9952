/** An ONNX graph with the names that the host feeds and fetches. */
export interface CompiledGraph {
  /** Serialised ONNX model. */
  readonly model: Uint8Array
  /**
   * Inputs that stay on the device between runs: parameters, optimizer moments. Graphs that run together share a state of one name.
   * `output` names the output that replaces the state; without it the graph only reads the state.
   */
  readonly state: readonly { readonly input: string; readonly output?: string; readonly shape: readonly number[] }[]
  /** Fed anew in each run. */
  readonly inputs: readonly GraphInput[]
  /** Fetched in each run: the outputs that are not state. */
  readonly outputs: readonly GraphOutput[]
  /** The model computes the graph several times in one run; its inputs and outputs have the leading dimension `repetitions`. */
  readonly repeated: boolean
}

export interface GraphInput {
  readonly name: string
  readonly type: 'float32' | 'int32'
  readonly shape: readonly (number | string)[]
}

export interface GraphOutput {
  readonly name: string
  readonly shape: readonly (number | string)[]
}
