import { z } from 'zod'
import { reportOptions, storedEvaluation } from './evaluation.ts'
import type { TimelineEvent } from './sequence.ts'

/** What stands behind the figures of a stored evaluation: its behaviours, their confusions, and every target. */

/** Whose figures per behaviour: those of one run, or of several on the same targets. */
export const behaviourOptions = reportOptions.pick({ runs: true, split: true, checkpoint: true, groupRule: true })
export type BehaviourOptions = z.output<typeof behaviourOptions>

/** Figures per behaviour, in columns: the behaviours by decreasing training frequency; of very many those with the most targets. */
export interface BehaviourFigures {
  /** Behaviours of the vocabulary. */
  total: number
  name: string[]
  /** Codes of `groupNames`. */
  group: number[]
  trainingEvents: number[]
  /** Targets of each. */
  support: number[]
  /** How often each was predicted, and how often rightly, in the order of the runs asked for. */
  runs: { run: { id: string; name: string }; predicted: number[]; correct: number[] }[]
}

export const confusionOptions = storedEvaluation.extend({
  /** Confused pairs, the most frequent first. */
  pairs: z.int().min(1).max(20_000).default(2000),
  /** Behaviours of the matrix: those of the most frequent pairs. */
  classes: z.int().min(2).max(60).default(20),
})
export type ConfusionOptions = z.output<typeof confusionOptions>

/** Which behaviours were taken for which others. */
export interface ConfusionFigures {
  /** Different pairs that there are. */
  totalPairs: number
  /** Targets that were predicted wrong. */
  errors: number
  pairs: {
    behaviour: string
    predicted: string
    count: number
    /** count / targets of the behaviour. */
    share: number
  }[]
  /** Behaviours of the matrix, the most frequent in training first. */
  classes: string[]
  /** Targets of each of them. */
  targets: number[]
  /** Cells that are not zero, the diagonal included: row (behaviour) and column (predicted) in `classes`, count, share of the row's targets. */
  cells: [number, number, number, number][]
}

/** Which targets of an evaluation. */
const targetFilter = storedEvaluation.extend({
  /** Only targets of this behaviour, and only those for which this one was predicted. */
  behaviour: z.string().optional(),
  predicted: z.string().optional(),
  outcome: z.enum(['all', 'right', 'wrong']).default('all'),
  /** log: in the order of users and events; surprising: the least expected first; confident: the surest prediction first. */
  order: z.enum(['log', 'surprising', 'confident']).default('log'),
})
export type TargetFilter = z.output<typeof targetFilter>

export const targetOptions = targetFilter.extend({
  offset: z.int().min(0).default(0),
  limit: z.int().min(1).max(500).default(100),
})
export type TargetOptions = z.output<typeof targetOptions>

/** One target of an evaluation and what the model said of it. */
export interface EvaluatedTarget {
  /** Index of the event in the dataset. */
  event: number
  user: string
  /** Local wall-clock time: milliseconds since 1970, read as UTC. */
  time: number
  behaviour: string
  /** Null when the event has none, or a rare one. */
  location: string | null
  /** False for a behaviour that training never saw: no model can name it, and rank and probability are not defined. */
  seen: boolean
  rank: number | null
  /** Probability of what happened. */
  probability: number | null
  predicted: string
  /** Probability of what was predicted. */
  confidence: number
  /** The likeliest behaviours, best first. */
  top: string[]
}

export interface EvaluatedTargets {
  total: number
  targets: EvaluatedTarget[]
}

export const targetSequenceOptions = storedEvaluation.extend({
  /** Index of the target's event in the dataset. */
  event: z.int().min(0),
  /** Events shown before and after it. */
  before: z.int().min(0).max(2000).default(60),
  after: z.int().min(0).max(500).default(5),
})
export type TargetSequenceOptions = z.output<typeof targetSequenceOptions>

/** The sequence around a target, as the dataset holds it. */
export interface TargetSequence {
  target: EvaluatedTarget
  /** Index of the target among the events. */
  at: number
  /** Events of the user that come before the shown ones. */
  earlier: number
  events: TimelineEvent[]
}

/** All targets that a filter leaves, as a file. */
export const exportTargetsOptions = targetFilter.extend({ output: z.string().min(1) })
export type ExportTargetsOptions = z.output<typeof exportTargetsOptions>
