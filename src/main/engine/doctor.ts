import { type Device, devices } from '../../shared/configuration.ts'
import type { DeviceFinding, SeveralSteps } from '../../shared/doctor.ts'
import { type ErrorDocument, WorkbenchError } from '../../shared/errors.ts'
import { atTerminal, type Phrase, phrase, sentences } from '../../shared/phrase.ts'
import { launch } from '../launch/launch.ts'
import type { Priority } from '../launch/priority.ts'
import { processModule } from '../launch/program.ts'
import type { ProbeMeasurement } from './probe.ts'
import { severalStepsPerCall, standardStepsPerCall } from './steps-per-call.ts'

export interface ProbeOptions {
  readonly threads?: number
  /** A probe that takes longer is killed. */
  readonly timeoutSeconds?: number
  /** Script of the probing process; replaced by tests. */
  readonly script?: string
  readonly signal?: AbortSignal
  /** Of the probing processes. Default: beside this one. */
  readonly priority?: Priority
}

/** AdamW turns a rounding difference in a tiny gradient into a step of up to the learning rate (1e-3), in each of three steps. */
const tolerance = 3e-3
const probeScript = processModule('engine/probe-child')

/** What a probing process tells; `final` when nothing more will come. */
export type ProbeMessage =
  | { readonly kind: 'measured'; readonly measurement: ProbeMeasurement; readonly final: boolean }
  | { readonly kind: 'failed'; readonly error: ErrorDocument }

type Outcome = ProbeMessage | { readonly kind: 'crashed'; readonly how: Phrase; readonly lastWords: string }

/**
 * Tries each device in processes of its own: loads a training graph, makes a few steps of a tiny model, compares them with the
 * cpu's and measures the rate; of a device that works, the same with several steps in each call. One finding for each device, in the order
 * asked; a crash of a probe is a finding.
 */
export function probeDevices(options: ProbeOptions & { devices?: readonly Device[] } = {}): Promise<DeviceFinding[]> {
  return Array.fromAsync(probeEachDevice(options))
}

/** The same, finding by finding as they come. */
export async function* probeEachDevice(
  options: ProbeOptions & { devices?: readonly Device[] } = {},
): AsyncGenerator<DeviceFinding> {
  const attempt = createAttempts(options)
  // One after another: rates measured side by side would be wrong.
  for (const device of options.devices ?? devices) {
    const finding = await attempt(device, 1)
    if (!finding.works) yield finding
    else yield { ...finding, severalSteps: toSeveralSteps(await attempt(device, severalStepsPerCall)) }
  }
}

function toSeveralSteps({ works, reason, tokensPerSecond, difference }: DeviceFinding): SeveralSteps {
  return { stepsPerCall: severalStepsPerCall, works, reason, tokensPerSecond, difference }
}

/** Tries a device with so many steps in each call. What the cpu computes with one is the measure of all, and found out once. */
type Attempt = (device: Device, stepsPerCall: number) => Promise<DeviceFinding>

function createAttempts(options: ProbeOptions): Attempt {
  let reference: Promise<Outcome> | undefined
  const cpu = () => {
    reference ??= probe('cpu', 1, options)
    return reference
  }
  return async (device, stepsPerCall) => {
    const isReference = device === 'cpu' && stepsPerCall === 1
    const outcome = absence(device) ?? (await (isReference ? cpu() : probe(device, stepsPerCall, options)))
    return toFinding(device, outcome, outcome.kind === 'measured' ? await cpu() : undefined)
  }
}

/** ONNX Runtime has these providers on one platform only: no process is needed to know. */
function absence(device: Device): Outcome | undefined {
  const platforms: Partial<Record<Device, NodeJS.Platform>> = { cuda: 'linux', dml: 'win32', coreml: 'darwin' }
  const platform = platforms[device] ?? process.platform
  if (platform === process.platform) return undefined
  const message = phrase`ONNX Runtime for ${process.platform} ${process.arch} has no ${device} provider.`
  return { kind: 'failed', error: { code: 'device', message } }
}

function probe(device: Device, stepsPerCall: number, options: ProbeOptions): Promise<Outcome> {
  const { threads, timeoutSeconds = 60, script = probeScript, signal, priority } = options
  if (signal?.aborted) return Promise.reject(new WorkbenchError('cancelled', phrase`Cancelled.`))
  const parameters = [device, String(stepsPerCall), ...(threads === undefined ? [] : [String(threads)])]
  return new Promise((resolve, reject) => {
    let answer: ProbeMessage | undefined
    let late = false
    const cancel = () => child.kill()
    const child = launch(script, parameters, {
      priority,
      onMessage: (message) => {
        answer = message as ProbeMessage
      },
      onEnded: ({ code, signal: killedBy, errorOutput, failure }) => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', cancel)
        if (signal?.aborted) reject(new WorkbenchError('cancelled', phrase`Cancelled.`))
        else if (answer?.kind === 'failed') resolve(answer)
        // Too slow to measure the larger model in time is not broken: the tiny one's rate stands.
        else if (answer?.kind === 'measured' && (answer.final || late)) resolve(answer)
        else {
          const end = failure ?? (killedBy === null ? phrase`exit code ${String(code)}` : phrase`signal ${killedBy}`)
          const how = late
            ? phrase`The probe did not answer within ${timeoutSeconds} seconds`
            : phrase`The probe ended its process (${end})`
          resolve({ kind: 'crashed', how, lastWords: lastLine(errorOutput) })
        }
      },
    })
    const timer = setTimeout(() => {
      late = true
      child.kill()
    }, timeoutSeconds * 1000)
    signal?.addEventListener('abort', cancel)
  })
}

function toFinding(device: Device, outcome: Outcome, reference: Outcome | undefined): DeviceFinding {
  if (outcome.kind === 'crashed') {
    const { how, lastWords } = outcome
    const reason = lastWords === '' ? how : phrase`${how}: ${lastWords}`
    return { device, works: false, reason, remedy: remedyOf(device) }
  }
  if (outcome.kind === 'failed') {
    return { device, works: false, reason: outcome.error.message, remedy: remedyOf(device) }
  }
  const { losses, parameters, tokensPerSecond } = outcome.measurement
  if (!losses.every(Number.isFinite)) {
    return { device, works: false, reason: phrase`It computes losses of ${losses}.`, remedy: remedyOf(device) }
  }
  if (reference?.kind !== 'measured') {
    return {
      device,
      works: true,
      reason: phrase`It trains, but the cpu does not: nothing to compare it with.`,
      tokensPerSecond,
    }
  }
  const difference = largestDifference(parameters, reference.measurement.parameters)
  if (!(difference <= tolerance)) {
    return {
      device,
      works: false,
      reason: phrase`Its parameters differ from the cpu's by ${difference.toExponential(1)} after ${losses.length} tiny steps (allowed: ${tolerance}).`,
      remedy: remedyOf(device),
      difference,
    }
  }
  return {
    device,
    works: true,
    reason:
      device === 'cpu'
        ? phrase`${losses.length} tiny training steps gave finite losses.`
        : phrase`${losses.length} tiny training steps agree with the cpu to ${difference.toExponential(1)}.`,
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

function remedyOf(device: Device): Phrase {
  switch (device) {
    case 'cpu':
      return phrase`Install the dependencies again: onnxruntime-node cannot compute at all.`
    case 'webgpu':
      return process.platform === 'linux'
        ? phrase`Install the graphics driver with Vulkan support and the loader (Debian: libvulkan1); \`vulkaninfo --summary\` must list the card. A virtual machine without a card has none.`
        : phrase`Update the graphics driver.`
    case 'cuda':
      return process.platform === 'linux'
        ? phrase`Install CUDA 12 and cuDNN 9, and download the CUDA libraries of ONNX Runtime: \`ONNXRUNTIME_NODE_INSTALL=true node node_modules/onnxruntime-node/script/install.js\` in the folder of the program. Or use webgpu, which needs neither.`
        : phrase`cuda works on Linux x64 only; webgpu drives NVIDIA cards everywhere.`
    case 'dml':
      return phrase`dml (DirectML) works on Windows only; use webgpu or cpu.`
    case 'coreml':
      return phrase`coreml works on macOS only; use webgpu or cpu.`
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
  /** Steps in each call of the device. */
  readonly stepsPerCall: number
  /** Why this one, in a sentence for the user. */
  readonly reason: Phrase
}

export interface ChoiceOptions extends ProbeOptions {
  /** What the device is wanted for: training with so many steps in each call, `auto` for the device's own number. Default 1. */
  readonly stepsPerCall?: number | 'auto'
}

/**
 * The device to compute on. The one that was asked for, tried first unless it is the cpu; for `auto` the fastest that works. Steps per call that are left
 * to the device are 1 where its own number fails, and the reason says so.
 *
 * @throws WorkbenchError `device` with reason and remedy when the asked one does not work: there is no silent fallback.
 */
export async function chooseDevice(requested: Device | 'auto', options: ChoiceOptions = {}): Promise<DeviceChoice> {
  const attempt = createAttempts(options)
  const { stepsPerCall = 1 } = options
  if (requested === 'cpu') {
    return { device: 'cpu', stepsPerCall: stepsOf('cpu', stepsPerCall), reason: phrase`cpu, as asked.` }
  }
  if (requested !== 'auto') {
    const trial = await settle(requested, stepsPerCall, attempt)
    if (!trial.finding.works) throw doesNotWork(trial)
    const { reason } = trial.finding
    return { device: requested, stepsPerCall: trial.stepsPerCall, reason: phrase`${requested}, as asked. ${reason}` }
  }
  const tried: Trial[] = []
  for (const device of devices.filter((device) => device !== 'cpu')) {
    tried.push(await settle(device, stepsPerCall, attempt))
  }
  const working = tried.filter(({ finding }) => finding.works)
  const broken = tried.filter(({ finding }) => !finding.works).map(({ finding }) => finding.device)
  if (working.length === 0) {
    const reason = phrase`cpu, since no other device works here (${broken} tried).`
    return { device: 'cpu', stepsPerCall: stepsOf('cpu', stepsPerCall), reason }
  }
  return chooseFastest([...working, await settle('cpu', stepsPerCall, attempt)], broken)
}

interface Trial {
  readonly finding: DeviceFinding
  readonly stepsPerCall: number
}

const stepsOf = (device: Device, asked: number | 'auto') => (asked === 'auto' ? standardStepsPerCall(device) : asked)

/** Tries a device with the steps asked for; where they are left to it and fail, with one. */
async function settle(device: Device, asked: number | 'auto', attempt: Attempt): Promise<Trial> {
  const stepsPerCall = stepsOf(device, asked)
  const finding = await attempt(device, stepsPerCall)
  if (finding.works || asked !== 'auto' || stepsPerCall === 1) return { finding, stepsPerCall }
  const single = await attempt(device, 1)
  if (!single.works) return { finding: single, stepsPerCall: 1 }
  const reason = phrase`${single.reason} It makes one step in each call, since ${stepsPerCall} fail: ${finding.reason}`
  return { finding: { ...single, reason }, stepsPerCall: 1 }
}

const whetherWithOne = phrase`The doctor${atTerminal('behavegpt doctor')} says whether it works with one.`

function doesNotWork({ finding: { device, reason, remedy }, stepsPerCall }: Trial): WorkbenchError {
  if (stepsPerCall === 1) {
    return new WorkbenchError('device', phrase`The device ${device} does not work here. ${reason}`, remedy)
  }
  return new WorkbenchError(
    'device',
    phrase`The device ${device} does not work here with ${stepsPerCall} steps in each call. ${reason}`,
    remedy === undefined ? whetherWithOne : sentences([whetherWithOne, remedy]),
  )
}

function chooseFastest(trials: readonly Trial[], broken: readonly Device[]): DeviceChoice {
  const rate = ({ finding }: Trial) => finding.tokensPerSecond ?? 0
  const rateText = (trial: Trial) => phrase`${Math.round(rate(trial))} tokens/s`
  const [best, ...others] = trials.filter(({ finding }) => finding.works).sort((a, b) => rate(b) - rate(a))
  const slower = others.map((trial) => phrase`${trial.finding.device} ${rateText(trial)}`)
  const parts = [
    phrase`${best.finding.device}, the fastest device that works here (${rateText(best)}).`,
    ...(slower.length === 0 ? [] : [phrase`Slower: ${slower}.`]),
    ...(broken.length === 0 ? [] : [phrase`Not working: ${broken}.`]),
  ]
  return { device: best.finding.device, stepsPerCall: best.stepsPerCall, reason: sentences(parts) }
}
