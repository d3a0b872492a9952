import type { Device } from './configuration.ts'
import type { Phrase } from './phrase.ts'

/** What is known about a device after it was tried. */
export interface DeviceFinding {
  readonly device: Device
  readonly works: boolean
  /** Why it does not work, in one sentence; of a working device, what was checked. */
  readonly reason: Phrase
  /** What to do about a device that does not work. */
  readonly remedy?: Phrase
  /** Training rate of a two-layer model (D = 128, 32 x 64 tokens); of a very slow device, that of the tiny model. */
  readonly tokensPerSecond?: number
  /** Largest difference from the cpu's parameters after the tiny steps. */
  readonly difference?: number
  /** Of a device that works: whether and how fast it trains with several steps in each call. */
  readonly severalSteps?: SeveralSteps
}

export interface SeveralSteps extends Pick<DeviceFinding, 'works' | 'reason' | 'tokensPerSecond' | 'difference'> {
  readonly stepsPerCall: number
}

/** A finding, and when it was made (ISO-8601, UTC). */
export interface DatedFinding extends DeviceFinding {
  readonly probedAt: string
}

/** What a machine's devices were found to do, and when. */
export interface DoctorReport {
  /** Name of the machine. A workspace may move to another one, whose devices are not these. */
  machine: string
  /** True when this is the machine that the host runs on. */
  here: boolean
  platform: string
  architecture: string
  node: string
  /** Version of the workbench. */
  version: string
  /** The latest of each device that was tried, the failing ones included. */
  devices: DatedFinding[]
}
