import type { Device, RunConfiguration } from './configuration.ts'
import type { ErrorDocument } from './errors.ts'

/** How a run's process says that it ended; `paused` and `cancelled` runs can be resumed, like `interrupted` ones. */
export const runEnds = ['paused', 'cancelled', 'failed', 'diverged', 'done'] as const

export type RunEnd = (typeof runEnds)[number]

/** `interrupted`: its process is gone without having said how it ended (killed, crashed, power cut). */
export type RunStatus = 'running' | 'interrupted' | RunEnd

/** One run of the workspace's list. Times are ISO-8601, UTC. */
export interface RunRecord {
  id: string
  name: string
  /** Dataset id. */
  dataset: string
  objective: string
  device: string
  parameterCount: number
  status: RunStatus
  step: number
  totalSteps: number
  /** Validation metric that picks the best checkpoint. */
  selectBy: string
  bestValue: number | null
  bestStep: number | null
  error: ErrorDocument | null
  createdAt: string
  updatedAt: string
}

export interface StepRow {
  step: number
  /** Weighted loss that was minimised. */
  loss: number
  learningRate: number
  /** Before clipping. */
  gradientNorm: number
  tokensPerSecond: number
}

export interface GroupRow {
  step: number
  /** head, middle or tail. */
  name: string
  /** Running unweighted loss in nats; null before the group's first token. */
  loss: number | null
  /** Mean weight of the group's tokens in the objective. */
  weight: number
}

export interface ValidationRow {
  step: number
  nll: number
  accuracy: number
  macroRecall: number
  targets: number
}

/** Everything measured while a run trained, each list in the order of the steps. */
export interface RunHistory {
  steps: StepRow[]
  groups: GroupRow[]
  validations: ValidationRow[]
}

export interface TrainingRate {
  /** Optimizer steps per second, without validations and checkpoints. */
  stepsPerSecond: number
  stepsPerEpoch: number
}

/** A run with its configuration and everything measured while it trained. */
export interface RunDetails {
  id: string
  name: string
  /** With every default filled in. */
  configuration: RunConfiguration
  /** The objective's parameters with defaults filled in. */
  objectiveParameters: Record<string, number>
  /** Sizes of the model and its options. */
  model: object
  dataset: { id: string; name: string; contentHash: string }
  device: Device
  /** Why this device. */
  deviceReason: string
  /** Threads of the cpu device; with another number the sums round differently. */
  threads: number
  versions: Record<string, string>
  parameterCount: number
  /** Optimizer steps of the whole run, and of one epoch. */
  totalSteps: number
  stepsPerEpoch: number
  createdAt: string
  /** Folder of the run. */
  directory: string
  status: RunStatus
  history: RunHistory
}
