import assert from 'node:assert'
import type * as ort from 'onnxruntime-node'
import { identityModel } from './identity-model.ts'
import { createSession, hostTensor, runSession } from './sessions.ts'

/** Where the state of a runner lives between two runs. */
export interface StateMemory {
  /** The state as an input. */
  tensor(name: string): ort.Tensor
  /** The run is over: its result becomes the state. */
  advance(name: string, result: ort.Tensor): void
  read(name: string): Promise<Float32Array>
  write(name: string, data: Float32Array): Promise<void>
  dispose(): Promise<void>
}

export type StateShapes = ReadonlyMap<string, readonly number[]>

const sizeOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1)

/**
 * State in JavaScript's memory: a run's result is the next run's input. onnxruntime-node 1.30 copies every output once,
 * also into a tensor that it is handed as destination, so there is nothing to gain from buffers of our own.
 */
export class HostMemory implements StateMemory {
  readonly #current = new Map<string, ort.Tensor>()

  constructor(shapes: StateShapes) {
    for (const [name, shape] of shapes)
      this.#current.set(name, hostTensor(name, new Float32Array(sizeOf(shape)), shape))
  }

  tensor(name: string): ort.Tensor {
    return this.#current.get(name)!
  }

  advance(name: string, result: ort.Tensor): void {
    this.#current.set(name, result)
  }

  async read(name: string): Promise<Float32Array> {
    return (this.tensor(name).data as Float32Array).slice()
  }

  async write(name: string, data: Float32Array): Promise<void> {
    this.#current.set(name, hostTensor(name, data.slice(), this.tensor(name).dims))
  }

  async dispose(): Promise<void> {
    this.#current.clear()
  }
}

/**
 * State in GPU buffers of the webgpu provider. The garbage collector never frees such a tensor, and its `getData`
 * aborts the process (onnxruntime 1.30), so we dispose by hand and copy through one-node Identity sessions.
 */
export class GpuMemory implements StateMemory {
  readonly #shapes: StateShapes
  readonly #upload: ort.InferenceSession
  readonly #download: ort.InferenceSession
  readonly #current = new Map<string, ort.Tensor>()

  private constructor(shapes: StateShapes, upload: ort.InferenceSession, download: ort.InferenceSession) {
    this.#shapes = shapes
    this.#upload = upload
    this.#download = download
  }

  /** A memory of zeros. */
  static async create(shapes: StateShapes): Promise<GpuMemory> {
    const upload = await createSession(identityModel(), { device: 'webgpu', resident: ['y'] })
    const download = await createSession(identityModel(), { device: 'webgpu' })
    const memory = new GpuMemory(shapes, upload, download)
    for (const [name, shape] of shapes) {
      await memory.write(name, new Float32Array(sizeOf(shape)))
    }
    return memory
  }

  tensor(name: string): ort.Tensor {
    return this.#current.get(name)!
  }

  advance(name: string, result: ort.Tensor): void {
    assert.strictEqual(result.location, 'gpu-buffer', `the state ${name} left the GPU`)
    this.#current.get(name)?.dispose()
    this.#current.set(name, result)
  }

  async read(name: string): Promise<Float32Array> {
    const { y } = await runSession(this.#download, 'webgpu', { x: this.tensor(name) }, { y: null })
    return (y.data as Float32Array).slice()
  }

  async write(name: string, data: Float32Array): Promise<void> {
    const x = hostTensor(name, data, this.#shapes.get(name)!)
    const { y } = await runSession(this.#upload, 'webgpu', { x }, { y: null })
    this.advance(name, y)
  }

  async dispose(): Promise<void> {
    for (const tensor of this.#current.values()) tensor.dispose()
    this.#current.clear()
    await this.#upload.release()
    await this.#download.release()
  }
}
