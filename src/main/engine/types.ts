import type { Device } from '../../shared/configuration.ts'
import type { CompiledGraph } from '../model/compiled-graph.ts'

export type { CompiledGraph }

export type TensorData = Float32Array | Int32Array

export interface HostTensor {
  data: TensorData
  shape: readonly number[]
}

/** Runs graphs that share one state on one device and keeps the state there. Not concurrent: one call at a time. */
export interface GraphRunner<Name extends string = string> {
  readonly device: Device
  /**
   * One execution of one graph: its state advances, the other outputs come back in memory of their own.
   *
   * Feeds are flat; a dynamic dimension is known from `dimensions`, by name.
   *
   * @throws WorkbenchError `device` when the device fails.
   */
  run(
    graph: Name,
    feeds: Readonly<Record<string, TensorData>>,
    dimensions?: Readonly<Record<string, number>>,
  ): Promise<Record<string, HostTensor>>
  /**
   * Executions of one graph, one after the other, in one call of the device where the graph was compiled as repeated. The results in their
   * order; errors as of `run`.
   */
  repeat(graph: Name, feeds: readonly Readonly<Record<string, TensorData>>[]): Promise<Record<string, HostTensor>[]>
  /** Copies of the state, by input name. */
  readState(): Promise<Record<string, Float32Array>>
  /** Replaces the named states, or all of them. */
  writeState(state: Readonly<Record<string, Float32Array>>): Promise<void>
  dispose(): Promise<void>
}
