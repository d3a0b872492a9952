import { z } from 'zod'
import { columnMapping, devices, timeFormats } from './configuration.ts'
import { refusal } from './issues.ts'
import type { GroupName } from './long-tail.ts'
import { phrase } from './phrase.ts'
import type { TimelineEvent } from './sequence.ts'

/** What a user can ask of a trained run: the next behaviour, scores of everybody, an exported model. */

const runAndCheckpoint = {
  /** Run id or name. */
  run: z.string().min(1),
  checkpoint: z.enum(['best', 'last']).default('best'),
}

const computing = {
  /** One history is soonest done on the cpu, without the seconds that probing other devices takes. */
  device: z.enum([...devices, 'auto']).default('cpu'),
  threads: z.int().min(1).optional(),
}

/** One event of a sequence that the caller gives. */
export const historyEvent = z.strictObject({
  behaviour: z.string().min(1),
  /** ISO 8601 with or without zone, or milliseconds since 1970 of local wall-clock time read as UTC. */
  time: z.union([z.string().min(1), z.number()]),
  location: z.string().nullable().optional(),
})
export type HistoryEvent = z.infer<typeof historyEvent>

/** How a sequence of events is read from a file or from standard input. */
export const sequenceOptions = z.strictObject({
  /** A path, or `-` for standard input. */
  input: z.string().min(1),
  /** Guessed from the first character when absent. */
  format: z.enum(['csv', 'tsv', 'jsonl', 'json']).optional(),
  /** Columns or fields given by the user; the others are guessed by their names. `location: null` says that there is none. */
  mapping: columnMapping.partial().default({}),
  timeFormat: z.enum(timeFormats).optional(),
  /** IANA zone in which times with a zone, and epochs, are read; the log's own zone when absent. */
  timeZone: z.string().min(1).optional(),
  /** Which user's events to take where the file holds several. */
  user: z.string().min(1).optional(),
})
export type SequenceOptions = z.infer<typeof sequenceOptions>
export type SequenceOptionsInput = z.input<typeof sequenceOptions>

export const predictOptions = z
  .strictObject({
    ...runAndCheckpoint,
    ...computing,
    /** Number of behaviours to list, most probable first. */
    top: z.int().min(1).max(100_000).default(10),
    /** A user of the stored log; exactly one of `user`, `history` and `sequence`. */
    user: z.string().min(1).optional(),
    history: z.array(historyEvent).optional(),
    sequence: sequenceOptions.optional(),
    /** Local time of the event to predict, for runs trained with target time. */
    targetTime: z.string().min(1).optional(),
    /** IANA zone in which times of `history` with a zone are read; the log's own zone when absent. */
    timeZone: z.string().min(1).optional(),
  })
  .refine(
    ({ user, history, sequence }) => [user, history, sequence].filter((given) => given !== undefined).length === 1,
    {
      ...refusal(phrase`give exactly one of a user of the log, a history, and a file with a sequence of events`),
      path: ['user'],
    },
  )
export type PredictOptions = z.infer<typeof predictOptions>
export type PredictOptionsInput = z.input<typeof predictOptions>

/** The most behaviours that are kept of each scored user. */
export const mostScored = 1000

export const scoreOptions = z.strictObject({
  ...runAndCheckpoint,
  ...computing,
  top: z.int().min(1).max(mostScored).default(10),
  /** Only these users of the log; everybody when absent. */
  users: z.array(z.string().min(1)).min(1).optional(),
  /** Leave out users with fewer events in the log. */
  minimumEvents: z.int().min(1).default(1),
  /** Local time of the event to predict, for runs trained with target time. */
  targetTime: z.string().min(1).optional(),
  /** Also write a table: `.csv` or `.parquet`. */
  output: z.string().min(1).optional(),
  /** Users computed at once. */
  batch: z.int().min(1).max(4096).default(64),
})
export type ScoreOptions = z.infer<typeof scoreOptions>
export type ScoreOptionsInput = z.input<typeof scoreOptions>

export const exportOptions = z.strictObject({
  ...runAndCheckpoint,
  /** Path of the ONNX file. */
  output: z.string().min(1),
  /** Replace a file that is there already. */
  overwrite: z.boolean().default(false),
  /** Under which licence the exported model may be used: an SPDX identifier or any text; written into the file. */
  license: z.string().min(1).optional(),
})
export type ExportOptions = z.infer<typeof exportOptions>
export type ExportOptionsInput = z.input<typeof exportOptions>

/** Which run and checkpoint to look through. */
export const inspectedRun = z.strictObject(runAndCheckpoint)
export type InspectedRun = z.output<typeof inspectedRun>

/** So many events of a sequence can be given at once; earlier ones are taken from the log. */
export const mostGivenEvents = 5_000

/** A sequence to predict after: the first events that the log holds of a user, where wanted, followed by events that the caller gives. */
const inspectedSequence = z
  .strictObject({
    stored: z.strictObject({ user: z.string().min(1), events: z.int().min(1) }).optional(),
    events: z.array(historyEvent).max(mostGivenEvents).default([]),
  })
  .refine(({ stored, events }) => stored !== undefined || events.length > 0, {
    ...refusal(phrase`give at least one event with its time and behaviour`),
    path: ['events'],
  })
export type InspectedSequence = z.output<typeof inspectedSequence>
export type InspectedSequenceInput = z.input<typeof inspectedSequence>

export const inspectOptions = inspectedRun.extend({
  sequence: inspectedSequence,
  /** What the predictions are compared with, such as the sequence before it was edited. */
  reference: inspectedSequence.optional(),
  /** Number of behaviours to list, most probable first. */
  top: z.int().min(1).max(1000).default(10),
  /** Local time of the event to predict, for runs trained with target time. */
  targetTime: z.string().min(1).optional(),
})
export type InspectOptions = z.output<typeof inspectOptions>

export const historyOptions = inspectedRun.extend({
  user: z.string().min(1),
  /** The latest events, so many. */
  limit: z.int().min(1).max(mostGivenEvents).default(200),
})
export type HistoryOptions = z.output<typeof historyOptions>

export const knownNamesOptions = inspectedRun.extend({
  kind: z.enum(['behaviours', 'locations']),
  /** Part of the name, in any case; all names when empty. */
  search: z.string().max(1000).default(''),
  limit: z.int().min(1).max(1000).default(50),
})
export type KnownNamesOptions = z.output<typeof knownNamesOptions>

export const readSequenceOptions = inspectedRun
  .extend({
    /** What a person pasted: CSV, TSV, JSON lines or a JSON array; exactly one of `text` and `input`. */
    text: z
      .string()
      .min(1)
      .max(16 * 2 ** 20)
      .optional(),
    /** A file of it. */
    input: z.string().min(1).optional(),
    /** Which user's events to take where there are several. */
    user: z.string().min(1).optional(),
  })
  .refine(({ text, input }) => (text === undefined) !== (input === undefined), {
    ...refusal(phrase`give exactly one of a text and a file`),
    path: ['text'],
  })
export type ReadSequenceOptions = z.output<typeof readSequenceOptions>

/** In which order scored users are read: by name, or by the probability of their most probable behaviour. */
export const scoreOrders = ['name', 'leastSure', 'mostSure'] as const
export type ScoreOrder = (typeof scoreOrders)[number]

export const storedScoresOptions = z.strictObject({
  run: z.string().min(1),
  /** Beginning of the users' names, in the case of the log. */
  search: z.string().max(1000).default(''),
  order: z.enum(scoreOrders).default('name'),
  /** Only users whose most probable behaviour this is. */
  behaviour: z.string().optional(),
  /** Only users after this one, in that order. */
  after: z.string().optional(),
  limit: z.int().min(1).max(1000).default(100),
})
export type StoredScoresOptions = z.output<typeof storedScoresOptions>

/** A behaviour that is the most probable one of some scored users. */
export interface FirstBehaviour {
  behaviour: string
  users: number
}

/** A behaviour or place of the history that the model does not know. */
export interface UnknownName {
  name: string
  events: number
}

export interface PredictedBehaviour {
  /** 1 is the most probable. */
  rank: number
  behaviour: string
  probability: number
}

/** Where the next event happens, of runs with a location head. */
export interface PredictedLocations {
  /** Most probable first; a null location stands for every place outside the vocabulary, and for none. */
  predictions: { rank: number; location: string | null; probability: number }[]
  /** What the list leaves out. With the list it adds up to 1. */
  remaining: { locations: number; probability: number }
}

/** How long after the last event the next one comes, of runs with a gap head. */
export interface PredictedGaps {
  /** Every bucket, the shortest first; their probabilities add up to 1. From and until, which is not included, in milliseconds; the last one has no end. */
  buckets: { bucket: number; name: string; from: number; until: number | null; probability: number }[]
  mostProbable: number
}

export interface PredictionResult {
  run: { id: string; name: string }
  checkpoint: 'best' | 'last'
  dataset: { id: string; name: string }
  /** True when the run was trained on simulated data. */
  simulated: boolean
  /** The user of the log, or null for a sequence that the caller gave. */
  user: string | null
  history: {
    /** Events given or stored. */
    events: number
    /** The most recent of them, which the model reads in order: at most the dataset's length. */
    read: number
    /** Earlier events that enter only as counts of the habit term; 0 for a run without it. */
    countedOnly: number
    /** Local ISO time of the first and last event. */
    from: string
    until: string
    /** Behaviours never seen in training; the model sees that something happened, not what. */
    unknownBehaviours: UnknownName[]
    /** Places that are rare in training or never seen there; the model sees them as one. */
    unknownLocations: UnknownName[]
    eventsWithoutLocation: number
  }
  /** Local ISO time of the event to predict; null when the run does not use it. */
  targetTime: string | null
  predictions: PredictedBehaviour[]
  /** What the list leaves out: number of behaviours and their probability. With the list it adds up to 1. */
  remaining: { behaviours: number; probability: number }
  /** Null for runs without these heads. */
  location: PredictedLocations | null
  gap: PredictedGaps | null
}

export interface ScoreResult {
  run: { id: string; name: string }
  checkpoint: 'best' | 'last'
  simulated: boolean
  top: number
  users: number
  /** Rows written: at most users x top. */
  scores: number
  seconds: number
  usersPerSecond: number
  output: string | null
}

export interface ExportResult {
  run: { id: string; name: string }
  checkpoint: 'best' | 'last'
  output: string
  bytes: number
  parameters: number
  behaviours: number
  /** Largest difference of a logit from the run's own inference, found when the written file was loaded and run again. */
  largestDifference: number
}

/** What a run knows and how it looks at sequences. */
export interface ModelFacts {
  run: { id: string; name: string }
  checkpoint: 'best' | 'last'
  dataset: { id: string; name: string }
  simulated: boolean
  behaviours: number
  /** Places that are not folded into "unknown or rare". */
  locations: number
  /** The most events that the model reads in order. */
  length: number
  layers: number
  heads: number
  /** Earlier events enter as counts. */
  habit: boolean
  /** The time of the event to predict must be given. */
  targetTime: boolean
  /** The log's zone; null when its sources are in several. */
  zone: string | null
}

/** A name that a run knows. */
export interface KnownName {
  name: string
  /** Of a behaviour. */
  group: GroupName | null
  /** Events of a behaviour in the training period. */
  trainingEvents: number | null
}

/** The latest events of a user as a run looks at them. */
export interface UserHistory {
  user: string
  /** Events of the whole history. */
  total: number
  /** The latest, oldest first; with their groups by the run's training events, and their surprise where that was asked for. */
  events: TimelineEvent[]
}

/** A behaviour that is expected after a sequence. */
export interface InspectedBehaviour extends PredictedBehaviour {
  group: GroupName
  /** The same after the reference; null without one. */
  reference: { rank: number; probability: number } | null
}

export interface Inspection
  extends Pick<PredictionResult, 'run' | 'checkpoint' | 'history' | 'targetTime' | 'location' | 'gap'> {
  /** The most probable, and those that are among the most probable after the reference; by rank. */
  predictions: InspectedBehaviour[]
  /** What the list leaves out. */
  remaining: { behaviours: number; probability: number; referenceProbability: number | null }
  /** Half the sum of |p - q| over all behaviours, between 0 (the same) and 1; null without a reference. */
  moved: number | null
  /** The events that the model reads in order, oldest first. A behaviour that the model does not know has no group. */
  window: (TimelineEvent & { knownBehaviour: boolean; knownLocation: boolean })[]
  /** How the last event attends to the window, by layer, averaged over the heads; each layer sums to 1: [layers][window]. */
  attention: number[][]
}

/** A sequence that was read from a text or a file; times in local wall-clock milliseconds. */
export interface ReadSequence {
  events: { time: number; behaviour: string; location: string | null }[]
  /** Events that were there; only the latest are given where they are more than can be looked at. */
  total: number
}

/** The finished batch scoring of a run. */
export interface ScoringSummary {
  checkpoint: string
  top: number
  targetTime: string | null
  users: number
  /** ISO-8601, UTC. */
  createdAt: string
}

/** What was stored for one user. */
export interface ScoredUser {
  user: string
  events: number
  /** Most probable first. */
  predictions: { behaviour: string; probability: number }[]
  /** The most probable place, null for one outside the vocabulary, and the most probable bucket of the time gap; null for runs without these heads. */
  location: { name: string | null; probability: number } | null
  gap: { bucket: number; probability: number } | null
}
