import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Device, devices } from '../../shared/configuration.ts'
import { type ErrorDocument, WorkbenchError } from '../../shared/errors.ts'
import type { ProbeMeasurement } from './probe.ts'

/** What is known about a device after it was tried. */
export interface DeviceFinding {
  readonly device: Device
  readonly works: boolean
  /** Why it does not work, in one sentence; of a working device, what was checked. */
  readonly reason: string
  /** What to do about a device that does not work. */
  readonly remedy?: string
  /** Training rate of a two-layer model (D = 128, 32 x 64 tokens); of a very slow device, that of the tiny model. */
  readonly tokensPerSecond?: number
  /** Largest difference from the cpu's parameters after the tiny steps. */
  readonly difference?: number
}

export interface ProbeOptions {
  readonly devices?: readonly Device[]
  readonly threads?: number
  /** A probe that takes longer is killed. */
  readonly timeoutSeconds?: number
  /** Script of the probing process; replaced by tests. */
  readonly script?: string
  readonly signal?: AbortSignal
}

/** AdamW turns a rounding difference in a tiny gradient into a step of up to the learning rate (1e-3), in each of three steps. */
const tolerance = 3e-3
const probeScript = fileURLToPath(new URL('./probe-child.ts', import.meta.url))

/** What a probing process tells; `final` when nothing more will come. */
export type ProbeMessage =
  | { readonly kind: 'measured'; readonly measurement: ProbeMeasurement; readonly final: boolean }
  | { readonly kind: 'failed'; readonly error: ErrorDocument }

type Outcome = ProbeMessage | { readonly kind: 'crashed'; readonly how: string; readonly lastWords: string }

/**
 * Tries each device in a process of its own: loads a training graph, makes a few steps of a tiny model, compares them with the
 * cpu's and measures the rate. One finding for each device, in the order asked; a crash of a probe is a finding.
 */
export async function probeDevices(options: ProbeOptions = {}): Promise<DeviceFinding[]> {
  const asked = options.devices ?? devices
  const outcomes = new Map<Device, Outcome>()
  // One after another: rates measured side by side would be wrong.
  for (const device of asked) outcomes.set(device, absence(device) ?? (await probe(device, options)))
  const needsReference = [...outcomes.values()].some(({ kind }) => kind === 'measured')
  const reference = outcomes.get('cpu') ?? (needsReference ? await probe('cpu', options) : undefined)
  return asked.map((device) => toFinding(device, outcomes.get(device)!, reference))
}

/** ONNX Runtime has these providers on one platform only: no process is needed to know. */
function absence(device: Device): Outcome | undefined {
  const platforms: Partial<Record<Device, NodeJS.Platform>> = { cuda: 'linux', dml: 'win32', coreml: 'darwin' }
  const platform = platforms[device] ?? process.platform
  if (platform === process.platform) return undefined
  const message = `ONNX Runtime for ${process.platform} ${process.arch} has no ${device} provider.`
  return { kind: 'failed', error: { code: 'device', message } }
}

function probe(device: Device, options: ProbeOptions): Promise<Outcome> {
  const { threads, timeoutSeconds = 60, script = probeScript, signal } = options
  return new Promise((resolve, reject) => {
    const child = fork(script, [device, ...(threads === undefined ? [] : [String(threads)])], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      signal,
      killSignal: 'SIGKILL',
    })
    let answer: ProbeMessage | undefined
    let late = false
    let errors = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4000)
    })
    child.on('message', (message: ProbeMessage) => {
      answer = message
    })
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, timeoutSeconds * 1000)
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(error.name === 'AbortError' ? new WorkbenchError('cancelled', 'Cancelled.') : error)
    })
    child.on('close', (code, killedBy) => {
      clearTimeout(timer)
      if (answer?.kind === 'failed') resolve(answer)
      // Too slow to measure the larger model in time is not broken: the tiny one's rate stands.
      else if (answer?.kind === 'measured' && (answer.final || late)) resolve(answer)
      else {
        const end = killedBy === null ? `exit code ${code}` : `signal ${killedBy}`
        const how = late ? `did not answer within ${timeoutSeconds} seconds` : `ended its process (${end})`
        resolve({ kind: 'crashed', how, lastWords: lastLine(errors) })
      }
    })
  })
}

function toFinding(device: Device, outcome: Outcome, reference: Outcome | undefined): DeviceFinding {
  if (outcome.kind === 'crashed') {
    const said = outcome.lastWords === '' ? '' : `: ${outcome.lastWords}`
    return { device, works: false, reason: `The probe ${outcome.how}${said}`, remedy: remedyOf(device) }
  }
  if (outcome.kind === 'failed') {
    return { device, works: false, reason: outcome.error.message, remedy: remedyOf(device) }
  }
  const { losses, parameters, tokensPerSecond } = outcome.measurement
  if (!losses.every(Number.isFinite)) {
    return { device, works: false, reason: `It computes losses of ${losses.join(', ')}.`, remedy: remedyOf(device) }
  }
  if (reference?.kind !== 'measured') {
    return {
      device,
      works: true,
      reason: 'It trains, but the cpu does not: nothing to compare it with.',
      tokensPerSecond,
    }
  }
  const difference = largestDifference(parameters, reference.measurement.parameters)
  if (!(difference <= tolerance)) {
    return {
      device,
      works: false,
      reason: `Its parameters differ from the cpu's by ${difference.toExponential(1)} after ${losses.length} tiny steps (allowed: ${tolerance}).`,
      remedy: remedyOf(device),
      difference,
    }
  }
  return {
    device,
    works: true,
    reason:
      device === 'cpu'
        ? `${losses.length} tiny training steps gave finite losses.`
        : `${losses.length} tiny training steps agree with the cpu to ${difference.toExponential(1)}.`,
    tokensPerSecond,
    difference,
  }
}

function largestDifference(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  let largest = 0
  for (let index = 0; index < a.length; index++) {
    const difference = Math.abs(a[index] - b[index])
    if (!(difference <= largest)) largest = difference
  }
  return largest
}

function remedyOf(device: Device): string {
  switch (device) {
    case 'cpu':
      return 'Install the dependencies again: onnxruntime-node cannot compute at all.'
    case 'webgpu':
      return process.platform === 'linux'
        ? 'Install the graphics driver with Vulkan support and the loader (Debian: libvulkan1); `vulkaninfo --summary` must list the card. A virtual machine without a card has none.'
        : 'Update the graphics driver.'
    case 'cuda':
      return process.platform === 'linux'
        ? 'Install CUDA 12 and cuDNN 9, and download the CUDA libraries of ONNX Runtime: `ONNXRUNTIME_NODE_INSTALL=true node node_modules/onnxruntime-node/script/install.js` in the folder of the program. Or use webgpu, which needs neither.'
        : 'cuda works on Linux x64 only; webgpu drives NVIDIA cards everywhere.'
    case 'dml':
      return 'dml (DirectML) works on Windows only; use webgpu or cpu.'
    case 'coreml':
      return 'coreml works on macOS only; use webgpu or cpu.'
  }
}

function lastLine(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.replaceAll(/\p{Cc}(\[[\d;]*m)?/gu, '').trim())
    .filter((line) => line !== '' && !/^(at |Node\.js v)/.test(line))
  return lines.at(-1) ?? ''
}

export interface DeviceChoice {
  readonly device: Device
  /** Why this one, in a sentence for the user. */
  readonly reason: string
}

/**
 * The device to compute on. The one that was asked for, tried first unless it is the cpu; for `auto` the fastest that works.
 *
 * @throws WorkbenchError `device` with reason and remedy when the asked one does not work: there is no silent fallback.
 */
export async function chooseDevice(
  requested: Device | 'auto',
  options: Omit<ProbeOptions, 'devices'> = {},
): Promise<DeviceChoice> {
  if (requested === 'cpu') return { device: 'cpu', reason: 'cpu, as asked.' }
  if (requested !== 'auto') {
    const [finding] = await probeDevices({ ...options, devices: [requested] })
    if (finding.works) return { device: requested, reason: `${requested}, as asked. ${finding.reason}` }
    throw new WorkbenchError('device', `The device ${requested} does not work here. ${finding.reason}`, finding.remedy)
  }
  const accelerators = devices.filter((device) => device !== 'cpu')
  const tried = await probeDevices({ ...options, devices: accelerators })
  const broken = tried.filter((finding) => !finding.works).map((finding) => finding.device)
  if (broken.length === tried.length) {
    return { device: 'cpu', reason: `cpu, since no other device works here (${broken.join(', ')} tried).` }
  }
  const findings = [...tried, ...(await probeDevices({ ...options, devices: ['cpu'] }))]
  const working = findings
    .filter((finding) => finding.works)
    .sort((a, b) => (b.tokensPerSecond ?? 0) - (a.tokensPerSecond ?? 0))
  const [best, ...others] = working
  const rate = (finding: DeviceFinding) => `${Math.round(finding.tokensPerSecond ?? 0)} tokens/s`
  const slower = others.map((finding) => `${finding.device} ${rate(finding)}`)
  const parts = [
    `${best.device}, the fastest device that works here (${rate(best)}).`,
    ...(slower.length === 0 ? [] : [`Slower: ${slower.join(', ')}.`]),
    ...(broken.length === 0 ? [] : [`Not working: ${broken.join(', ')}.`]),
  ]
  return { device: best.device, reason: parts.join(' ') }
}
