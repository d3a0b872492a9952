import assert from 'node:assert'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import * as ort from 'onnxruntime-node'
import type { Device } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { atTerminal, type Phrase, phrase, verbatim } from '../../shared/phrase.ts'
import { firstLine } from './messages.ts'

const programRequire = createRequire(import.meta.url)

export interface SessionOptions {
  readonly device: Device
  /** Threads of the cpu provider; the physical cores when absent. Results are repeatable for a fixed number. */
  readonly threads?: number
  /** Outputs that stay on the device (webgpu). */
  readonly resident?: readonly string[]
  /** The work stands in the body of a control flow operator, which coreml leaves to the cpu unless it is told not to. */
  readonly body?: boolean
  /** Writes ONNX Runtime's profile of every run to a file of this prefix. */
  readonly profile?: string
}

/**
 * An ONNX Runtime session on one device.
 *
 * The device's provider comes first and cpu second, since ONNX Runtime computes shapes on the cpu on every device;
 * a provider that cannot be loaded makes the creation fail instead of leaving all the work to the cpu.
 *
 * @throws WorkbenchError `device` with ONNX Runtime's reason.
 */
export async function createSession(model: Uint8Array, options: SessionOptions): Promise<ort.InferenceSession> {
  const { device, threads, resident = [], body = false, profile } = options
  requireProvider(device)
  try {
    return await ort.InferenceSession.create(model, {
      executionProviders: device === 'cpu' ? ['cpu'] : [body ? providerOfBodies(device) : device, 'cpu'],
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      interOpNumThreads: 1,
      // Errors only: ORT warns about every node that stays on the cpu.
      logSeverityLevel: 3,
      ...(resident.length === 0
        ? {}
        : { preferredOutputLocation: Object.fromEntries(resident.map((name) => [name, 'gpu-buffer' as const])) }),
      ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
    })
  } catch (error) {
    throw new WorkbenchError(
      'device',
      phrase`The device ${device} cannot load the graph: ${firstLine(error)}${missingLibrary(device)}`,
      phrase`The doctor${atTerminal('behavegpt doctor')} says which devices work here.`,
      { cause: error },
    )
  }
}

/** The provider, told to compute bodies too where it would not by itself. */
function providerOfBodies(device: Device): ort.InferenceSession.ExecutionProviderConfig {
  const enableOnSubgraph = 0x002
  return device === 'coreml' ? { name: 'coreml', coreMlFlags: enableOnSubgraph } : device
}

/** ONNX Runtime drops providers that its build lacks from the list without an error, and computes on the cpu. */
function requireProvider(device: Device): void {
  const built = ort.listSupportedBackends().map(({ name }) => name)
  if (built.includes(device)) return
  throw new WorkbenchError(
    'device',
    phrase`This build of ONNX Runtime (${process.platform} ${process.arch}) has no ${device} provider; it has ${built}.`,
    providerRemedies[device],
  )
}

/** ONNX Runtime says that a library cannot be loaded, but not which: cuda's is a separate download that most installations lack. */
function missingLibrary(device: Device): Phrase {
  if (device !== 'cuda') return verbatim('')
  const binaries = `../bin/napi-v6/${process.platform}/${process.arch}`
  const library = path.join(
    path.dirname(programRequire.resolve('onnxruntime-node')),
    binaries,
    'libonnxruntime_providers_cuda.so',
  )
  return existsSync(library) ? verbatim('') : phrase` (${path.basename(library)} is not installed)`
}

const providerRemedies: Record<Device, Phrase> = {
  cpu: phrase`Install the package onnxruntime-node again.`,
  webgpu: phrase`webgpu is built in on Linux x64, Windows and macOS arm64.`,
  cuda: phrase`cuda exists on Linux x64 only; webgpu drives NVIDIA cards everywhere.`,
  dml: phrase`dml (DirectML) exists on Windows only; use webgpu or cpu.`,
  coreml: phrase`coreml exists on macOS only; use webgpu or cpu.`,
}

/** Runs a session; ONNX Runtime's failure becomes a WorkbenchError `device`. */
export async function runSession(
  session: ort.InferenceSession,
  device: Device,
  feeds: ort.InferenceSession.FeedsType,
  fetches: ort.InferenceSession.FetchesType,
): Promise<ort.InferenceSession.ReturnType> {
  try {
    return await session.run(feeds, fetches)
  } catch (error) {
    throw new WorkbenchError(
      'device',
      phrase`The device ${device} failed while computing: ${firstLine(error)}`,
      phrase`Try a smaller batch, or another device; the doctor${atTerminal('behavegpt doctor')} says which devices work here.`,
      { cause: error },
    )
  }
}

/** A tensor over the caller's memory: nothing is copied. */
export function hostTensor(name: string, data: Float32Array | Int32Array, shape: readonly number[]): ort.Tensor {
  const size = shape.reduce((product, length) => product * length, 1)
  assert.strictEqual(data.length, size, `${name} has ${data.length} elements, its shape [${shape.join()}] ${size}`)
  if (data instanceof Float32Array) return new ort.Tensor('float32', data, shape)
  return new ort.Tensor('int32', data, shape)
}
