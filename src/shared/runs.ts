import type { Device, PresetName, RunConfiguration } from './configuration.ts'
import type { ErrorDocument } from './errors.ts'
import type { EvaluationSummary } from './evaluation.ts'
import type { ExtraHead } from './heads.ts'
import type { GroupName } from './long-tail.ts'
import type { Phrase } from './phrase.ts'

/** How a run's process says that it ended; `paused` and `cancelled` runs can be resumed, like `interrupted` ones. */
export const runEnds = ['paused', 'cancelled', 'failed', 'diverged', 'done'] as const

export type RunEnd = (typeof runEnds)[number]

/** `interrupted`: its process is gone without having said how it ended (killed, crashed, power cut). */
export type RunStatus = 'running' | 'interrupted' | RunEnd

/** Whether a run that stopped before its end can be taken up again. One that diverged would do so again. */
export function isResumable(status: RunStatus): boolean {
  return ['paused', 'cancelled', 'interrupted', 'failed'].includes(status)
}

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
  /** Null before the first validation, and where there are no validation targets: the latest step is the best one then. */
  bestValue: number | null
  bestStep: number | null
  error: ErrorDocument | null
  createdAt: string
  updatedAt: string
}

export interface StepRow {
  step: number
  /** Weighted loss that was minimised, those of extra heads included. */
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

/** The validations that say something: the figures of one without a target are 0 and mean nothing. */
export const measuredValidations = (rows: readonly ValidationRow[]) => rows.filter(({ targets }) => targets > 0)

/** What an extra head of the model learned from in a step. */
export interface HeadStepRow {
  step: number
  head: ExtraHead
  /** Mean cross-entropy of the counted tokens in nats, without its weight. */
  loss: number
}

export interface HeadValidationRow {
  step: number
  head: ExtraHead
  nll: number
  accuracy: number
}

/** Everything measured while a run trained, each list in the order of the steps. */
export interface RunHistory {
  steps: StepRow[]
  groups: GroupRow[]
  validations: ValidationRow[]
  /** Of the extra heads; empty without them. */
  headSteps: HeadStepRow[]
  headValidations: HeadValidationRow[]
}

/** Some steps of a run as one point of a curve. */
export interface StepBucket {
  /** First and last step in it. */
  from: number
  to: number
  /** Of the weighted loss: mean, lowest and highest. */
  loss: number
  lowest: number
  highest: number
  /** Means of the rest. */
  learningRate: number
  gradientNorm: number
  tokensPerSecond: number
}

/** What was measured while a run trained, in as many points as a chart can show; each list in the order of the steps. */
export interface RunCurves {
  /** Steps in a bucket, the same from the first to the last step of a run: later questions need ask for the last buckets only. */
  width: number
  steps: StepBucket[]
  /** Means over the same buckets, at the last step of each. */
  groups: GroupRow[]
  /** All of them. */
  validations: ValidationRow[]
  /** Of the extra heads: means over the same buckets, at the last step of each, and all validations. */
  headSteps: HeadStepRow[]
  headValidations: HeadValidationRow[]
}

/** The weights of an objective's classes at a run's last checkpoint. */
export interface ClassWeights {
  step: number
  /** ISO-8601, UTC. */
  savedAt: string
  /** How many there are; of very many only some are given. */
  ofClasses: number
  /** The most frequent first. */
  classes: {
    name: string
    /** Rank by training events, from 1. */
    rank: number
    /** Training events. */
    events: number
    /** What the objective multiplies the loss of the class's tokens by. */
    weight: number
    group: GroupName
    /** Running loss in nats; null before the class's first token. */
    loss: number | null
  }[]
}

/** Memory that a training is going to take, in bytes. */
export interface MemoryEstimate {
  /** Parameters, both moments of the optimizer, and pending gradients; what a call of several steps hands from one to the next is there three times. */
  state: number
  /** What is alive at once in a training step: activations, gradients and the next state. */
  activations: number
  /** The whole process on the cpu, with copies of the state for checkpoints, validation and the runtime itself. */
  total: number
}

/** Memory of this machine, or of the container that the process is in, in bytes. */
export interface Memory {
  installed: number
  /** What is free of it now. */
  available: number
}

/** What a model of a size is on a dataset, before anything is computed. */
export interface SizeEstimate {
  preset: PresetName
  /** Width of the residual stream, blocks and heads. */
  width: number
  layers: number
  heads: number
  parameterCount: number
  memory: MemoryEstimate
  /** Multiplications and additions of a training step for one event, roughly: what times of sizes are in proportion to. */
  operationsPerToken: number
}

/** The sizes that a training can have. */
export interface TrainingSizes {
  /** With the sizes that were given beside the preset. */
  chosen: SizeEstimate
  /** Every preset as it is. */
  presets: SizeEstimate[]
  here: Memory
  /** Optimizer steps of an epoch and of the whole run. */
  stepsPerEpoch: number
  totalSteps: number
}

/** How fast a configuration trains here, measured by training with it for some seconds. */
export interface TrainingRate {
  /** Optimizer steps per second, without validations and checkpoints. */
  stepsPerSecond: number
  stepsPerEpoch: number
  totalSteps: number
  /** Events that are predicted in a second. */
  tokensPerSecond: number
  device: Device
  /** Why this device. */
  deviceReason: Phrase
  /** Seconds of the whole run with its validations, and between which bounds they are expected when nothing else keeps the machine busy. */
  seconds: { expected: number; low: number; high: number }
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
  deviceReason: Phrase
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

/** What a run is, without what was measured while it trained. */
export interface RunDescription extends Omit<RunDetails, 'history'> {
  /** How far it is, and how well. */
  record: RunRecord
}

/** One run of the table of runs. */
export interface RunOverview extends RunRecord {
  datasetName: string
  /** Null where the run's folder is damaged; opening the run then says how. */
  configuration: RunConfiguration | null
  /** Null where it was not evaluated so. */
  evaluation: EvaluationSummary | null
}
