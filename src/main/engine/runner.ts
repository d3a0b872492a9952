import assert from 'node:assert'
import type * as ort from 'onnxruntime-node'
import type { Device } from '../../shared/configuration.ts'
import { repetitions } from '../graph/index.ts'
import { createSession, hostTensor, runSession } from './sessions.ts'
import { stackFeeds, unstackResults } from './stacking.ts'
import { GpuMemory, HostMemory, type StateMemory } from './state-memory.ts'
import type { CompiledGraph, GraphRunner, HostTensor, TensorData } from './types.ts'

export interface RunnerOptions<Name extends string> {
  readonly device: Device
  readonly threads?: number
  /** The graphs by name; states of one name are one state, which starts as zeros. */
  readonly graphs: Readonly<Record<Name, CompiledGraph>>
  /** Writes ONNX Runtime's profile of each graph to a file of this prefix. */
  readonly profile?: string
}

interface Program {
  readonly graph: CompiledGraph
  readonly session: ort.InferenceSession
}

/**
 * A runner of these graphs on one device.
 *
 * The state stays in this process's memory (cpu) or in GPU buffers (webgpu); cuda, dml and coreml copy it from and to the host
 * in each run, since onnxruntime-node binds no memory of theirs.
 *
 * @throws WorkbenchError `device` when the device cannot load a graph.
 */
export async function createRunner<Name extends string>(options: RunnerOptions<Name>): Promise<GraphRunner<Name>> {
  const { device, threads, profile } = options
  const graphs = Object.entries<CompiledGraph>(options.graphs)
  const shapes = stateShapes(graphs)
  const programs = new Map<string, Program>()
  for (const [name, graph] of graphs) {
    const resident =
      device === 'webgpu' ? graph.state.flatMap(({ output }) => (output === undefined ? [] : [output])) : []
    const session = await createSession(graph.model, {
      device,
      threads,
      resident,
      body: graph.repeated,
      ...(profile === undefined ? {} : { profile: `${profile}-${name}` }),
    })
    programs.set(name, { graph, session })
  }
  const memory = device === 'webgpu' ? await GpuMemory.create(shapes) : new HostMemory(shapes)
  return new SessionRunner(device, programs, memory, [...shapes.keys()])
}

function stateShapes(graphs: readonly (readonly [string, CompiledGraph])[]): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>()
  for (const [name, graph] of graphs) {
    for (const { input, shape } of graph.state) {
      const known = shapes.get(input) ?? shape
      assert.strictEqual(shape.join(), known.join(), `graph ${name} has another shape of the state ${input}`)
      shapes.set(input, shape)
    }
  }
  return shapes
}

class SessionRunner<Name extends string> implements GraphRunner<Name> {
  readonly device: Device
  readonly #programs: ReadonlyMap<string, Program>
  readonly #memory: StateMemory
  readonly #states: readonly string[]

  constructor(device: Device, programs: ReadonlyMap<string, Program>, memory: StateMemory, states: readonly string[]) {
    this.device = device
    this.#programs = programs
    this.#memory = memory
    this.#states = states
  }

  async run(
    name: Name,
    feeds: Readonly<Record<string, TensorData>>,
    dimensions: Readonly<Record<string, number>> = {},
  ): Promise<Record<string, HostTensor>> {
    const program = this.#programs.get(name)
    assert(program !== undefined, `no graph named ${name}`)
    const { graph, session } = program
    const inputs: Record<string, ort.Tensor> = {}
    const fetches: Record<string, null> = {}
    for (const { input, output } of graph.state) {
      inputs[input] = this.#memory.tensor(input)
      if (output !== undefined) fetches[output] = null
    }
    for (const { name: input, shape } of graph.inputs) {
      const data = feeds[input]
      assert(data !== undefined, `graph ${name} is not fed ${input}`)
      inputs[input] = hostTensor(input, data, resolveShape(shape, dimensions))
    }
    for (const { name: output } of graph.outputs) fetches[output] = null

    const results = await runSession(session, this.device, inputs, fetches)
    for (const { input, output } of graph.state) {
      if (output !== undefined) this.#memory.advance(input, results[output] as ort.Tensor)
    }
    return Object.fromEntries(
      graph.outputs.map(({ name: output }) => {
        const { data, dims } = results[output] as ort.Tensor
        return [output, { data: data as TensorData, shape: dims }]
      }),
    )
  }

  async repeat(
    name: Name,
    feeds: readonly Readonly<Record<string, TensorData>>[],
  ): Promise<Record<string, HostTensor>[]> {
    if (this.#programs.get(name)?.graph.repeated) {
      return unstackResults(await this.run(name, stackFeeds(feeds), { [repetitions]: feeds.length }))
    }
    const results: Record<string, HostTensor>[] = []
    for (const feed of feeds) results.push(await this.run(name, feed))
    return results
  }

  async readState(): Promise<Record<string, Float32Array>> {
    const state: Record<string, Float32Array> = {}
    for (const name of this.#states) state[name] = await this.#memory.read(name)
    return state
  }

  async writeState(state: Readonly<Record<string, Float32Array>>): Promise<void> {
    for (const [name, data] of Object.entries(state)) {
      assert(this.#states.includes(name), `no state named ${name}`)
      await this.#memory.write(name, data)
    }
  }

  async dispose(): Promise<void> {
    await this.#memory.dispose()
    for (const { session } of this.#programs.values()) {
      session.endProfiling()
      await session.release()
    }
  }
}

function resolveShape(
  shape: readonly (number | string)[],
  dimensions: Readonly<Record<string, number>>,
): readonly number[] {
  return shape.map((dimension) => {
    const length = typeof dimension === 'number' ? dimension : dimensions[dimension]
    assert(length !== undefined, `the dimension ${dimension} is not given`)
    return length
  })
}
