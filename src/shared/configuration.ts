import { z } from 'zod'
import { refusal } from './issues.ts'
import { phrase } from './phrase.ts'

/** Everything a user can configure, validated at the boundary. Defaults live here and nowhere else. */

export const fileFormats = ['csv', 'tsv', 'jsonl', 'parquet'] as const

/** How a column of times is written; the second to fourth are dates with `/`, `.` or `-` between their parts, named by what stands first. */
export const timeFormats = [
  'iso',
  'year-first',
  'day-first',
  'month-first',
  'epoch-seconds',
  'epoch-milliseconds',
] as const

export const columnMapping = z.strictObject({
  user: z.string().min(1),
  time: z.string().min(1),
  event: z.string().min(1),
  location: z.string().min(1).nullable(),
})
export type ColumnMapping = z.infer<typeof columnMapping>

export const importOptions = z.strictObject({
  files: z.array(z.string().min(1)).min(1),
  /** Name of the source; the first file's name without its extensions when absent. */
  source: z.string().min(1).max(200).optional(),
  format: z.enum(fileFormats).optional(),
  /** Columns given by the user; the others are guessed. `location: null` says that there is none. */
  mapping: columnMapping.partial().default({}),
  /** How the time column is written; guessed when absent. */
  timeFormat: z.enum(timeFormats).optional(),
  /** IANA zone in which zoned and epoch times are shown and cut into slots. Times without a zone are local already. */
  timeZone: z.string().default('UTC'),
  /** More rejected rows than this stop the import and leave nothing behind. */
  maximumRejects: z.int().min(0).default(1000),
  /** True for generated data: every report on it says so. */
  simulated: z.boolean().default(false),
})
export type ImportOptions = z.infer<typeof importOptions>
export type ImportOptionsInput = z.input<typeof importOptions>

export const splitConfiguration = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('time'),
      /** Shares of the events, in order of time: training, validation, test. */
      train: z.number().positive(),
      valid: z.number().positive(),
      test: z.number().positive(),
    })
    .refine(
      (split) => Math.abs(split.train + split.valid + split.test - 1) < 1e-9,
      refusal(phrase`the three shares must add up to 1`),
    ),
  /** Each user's last event is the test target, the one before it the validation target. */
  z.strictObject({ kind: z.literal('leave-one-out') }),
])
export type SplitConfiguration = z.infer<typeof splitConfiguration>

/** Sequences and events of a review that a dataset leaves out. */
export const reviewExclusion = z.strictObject({
  /** Name or id of the review project. */
  project: z.string().min(1),
  /** Leave out the flagged sequences. */
  flagged: z.boolean().default(true),
  /** Names of labels: of a sequence, all its events are left out; of an event or span, the events that it is on. */
  labels: z.array(z.string().min(1)).default([]),
})
export type ReviewExclusion = z.infer<typeof reviewExclusion>

export const datasetConfiguration = z.strictObject({
  name: z.string().min(1).max(200),
  /** Names or ids of sources; all when empty. */
  sources: z.array(z.string()).default([]),
  /** Local ISO time, inclusive and exclusive. */
  from: z.string().optional(),
  until: z.string().optional(),
  /** Users with fewer events (after the other filters) are left out. */
  minimumEvents: z.int().min(1).default(2),
  /** Locations with fewer training events than this are folded into location 0 (unknown or rare). */
  minimumLocationEvents: z.int().min(1).default(5),
  /** Rules that rename or merge behaviours: original name -> name. Read from the taxonomy file by the host. */
  taxonomy: z.record(z.string(), z.string()).default({}),
  /**
   * Events that reviews leave out, by the labels at the time of the build: what comes before and after them become neighbours. The events left out are a file of the
   * dataset and so part of its content hash. Absent rather than empty by default, so that datasets from before there were reviews keep their hash.
   */
  excludeReviewed: z.array(reviewExclusion).min(1).optional(),
  /** Must divide the day. */
  slotMinutes: z
    .int()
    .min(1)
    .max(1440)
    .refine((minutes) => 1440 % minutes === 0, refusal(phrase`must divide the 1440 minutes of a day`))
    .default(30),
  /** Longest history that the model sees, in events. */
  length: z.int().min(2).max(4096).default(64),
  split: splitConfiguration.default({ kind: 'time', train: 0.8, valid: 0.1, test: 0.1 }),
  /** Of the runs on the dataset that name none; nothing in a build is drawn at random. */
  seed: z.int().min(0).default(1),
})
export type DatasetConfiguration = z.infer<typeof datasetConfiguration>
export type DatasetConfigurationInput = z.input<typeof datasetConfiguration>

/** What a build is asked for: a configuration, or one whose rules a review gives. The dataset's own configuration has these rules, so that later labels change nothing. */
export const datasetOptions = datasetConfiguration
  .extend({
    /** Name or id of a review project: behaviours get the names that its labels of events say they really have, at the time of the build. */
    taxonomyOfReview: z.string().min(1).optional(),
  })
  .refine(({ taxonomy, taxonomyOfReview }) => taxonomyOfReview === undefined || Object.keys(taxonomy).length === 0, {
    ...refusal(phrase`give either a taxonomy or a review that has one, not both`),
    path: ['taxonomyOfReview'],
  })
export type DatasetOptions = z.infer<typeof datasetOptions>
export type DatasetOptionsInput = z.input<typeof datasetOptions>

export const objectiveNames = [
  'ce',
  'focal',
  'class-balanced',
  'inverse-frequency',
  'balanced-softmax',
  'logit-adjusted',
  'dro-box',
  'dro-kl',
  'dro-chi2',
  'dro-tv',
  'dro-cvar',
  'group-dro',
  'sample-kl',
  'sample-cvar',
] as const
export type ObjectiveName = (typeof objectiveNames)[number]

export const objectiveConfiguration = z.strictObject({
  name: z.enum(objectiveNames),
  /** Parameters by the names of objectives.md: gamma, beta, power, tau, rho, r0, radius, alpha, eta. Unknown ones are refused by the objective. */
  parameters: z.record(z.string(), z.number()).default({}),
  /** Decay per observed token of a class's running loss, and how often (in steps) the adversary answers. */
  decay: z.number().min(0).max(1).default(0.9),
  updateEvery: z.int().min(1).default(10),
})
export type ObjectiveConfiguration = z.infer<typeof objectiveConfiguration>

export const presetNames = ['nano', 'tiny', 'small', 'base', 'large'] as const
export type PresetName = (typeof presetNames)[number]

export const devices = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const
export type Device = (typeof devices)[number]

/** Options of the model beyond its preset; the preset gives the sizes that are left out. */
export const modelOptions = z.strictObject({
  preset: z.enum(presetNames).default('nano'),
  /** Width of each of the four input streams; the model width D is 4 times this. */
  streamWidth: z.int().min(4).optional(),
  layers: z.int().min(1).max(64).optional(),
  heads: z.int().min(1).optional(),
  /** Mixes in the user's own frequencies so far; see model/habit.ts. */
  habit: z.boolean().default(true),
  /** Mixes in what followed the last behaviour in the training period; see model/transitions.ts. Needs the habit term. */
  transitions: z.boolean().default(false),
  /** Feed slot and weekday of the event to predict. */
  targetTime: z.boolean().default(false),
  /** Also predicts where the next event happens; see model/window-mixture.ts. Needs a dataset with locations. */
  locationHead: z.boolean().default(false),
  /** Also predicts how long after the last event the next one comes, in the buckets of shared/gaps.ts. Not with target time, which would tell. */
  gapHead: z.boolean().default(false),
  dropout: z.number().min(0).max(0.9).default(0.1),
  embeddingDropout: z.number().min(0).max(0.9).default(0),
  /** Share of the places replaced by "unknown" while training. */
  locationDropout: z.number().min(0).max(1).default(0),
})
export type ModelOptions = z.infer<typeof modelOptions>

export const trainConfiguration = z.strictObject({
  /** Dataset id or name. */
  dataset: z.string().min(1),
  name: z.string().min(1).max(200).optional(),
  model: modelOptions.prefault({}),
  objective: objectiveConfiguration.prefault({ name: 'ce' }),
  /**
   * What the cross-entropies of the extra heads weigh in the loss, beside the behaviours' 1. With 1 each, plain cross-entropy minimises the negative log-likelihood of
   * behaviour, place and gap together, independent given the history; it costs the behaviours nothing measurable (bench/quality/README.md).
   */
  locationWeight: z.number().positive().default(1),
  gapWeight: z.number().positive().default(1),
  device: z.enum([...devices, 'auto']).default('auto'),
  threads: z.int().min(1).optional(),
  /** Exactly one of epochs and steps. */
  epochs: z.number().positive().optional(),
  steps: z.int().min(1).optional(),
  batch: z.int().min(1).default(64),
  accumulation: z.int().min(1).default(1),
  /**
   * Steps in one call of the device, at most: those between go without a copy of parameters and optimizer through the host's memory. auto: 1 where they stay
   * on the device anyway (cpu, webgpu) or go through the host all the same (dml, coreml), 10 on cuda. Of batches where gradients accumulate.
   */
  stepsPerCall: z.union([z.int().min(1).max(1000), z.literal('auto')]).default('auto'),
  learningRate: z.number().positive().default(1e-3),
  warmup: z.number().min(0).max(1).default(0.05),
  /** Cosine schedule ends at this share of the learning rate. */
  finalLearningRate: z.number().min(0).max(1).default(0.05),
  weightDecay: z.number().min(0).default(0.01),
  decayEmbeddings: z.boolean().default(false),
  betas: z.tuple([z.number().min(0).max(0.9999), z.number().min(0).max(0.99999)]).default([0.9, 0.98]),
  gradientClip: z.number().positive().default(1),
  /** Validation metric that picks the best checkpoint and stops early. */
  selectBy: z.enum(['nll', 'accuracy', 'macroRecall']).default('nll'),
  /** Evaluations without improvement before stopping; 0 never stops. */
  patience: z.int().min(0).default(0),
  /** Steps between validations; once per epoch when absent. */
  evaluateEvery: z.int().min(1).optional(),
  /** Steps between checkpoints; with every validation when absent, and every five minutes in any case. */
  checkpointEvery: z.int().min(1).optional(),
  /** The dataset's when absent. */
  seed: z.int().min(0).optional(),
})
export type TrainConfiguration = z.infer<typeof trainConfiguration>
export type TrainConfigurationInput = z.input<typeof trainConfiguration>

/** What a run keeps of its configuration: with the seed that it has. */
export const runConfiguration = trainConfiguration.extend({ seed: z.int().min(0) })
export type RunConfiguration = z.infer<typeof runConfiguration>

export const groupRules = ['share', 'percent', 'terciles', 'pareto'] as const
export type GroupRule = (typeof groupRules)[number]

export const evaluationOptions = z.strictObject({
  run: z.string().min(1),
  split: z.enum(['valid', 'test']).default('test'),
  checkpoint: z.enum(['best', 'last']).default('best'),
  /** share: head 50 %, middle to 90 % of training events; percent: 1 % rule; terciles of classes; pareto: 80/20. */
  groupRule: z.enum(groupRules).default('share'),
  /** Post-hoc logit adjustment: logits - tau log p. */
  adjustment: z.number().default(0),
  bootstrapSamples: z.int().min(0).default(1000),
  seed: z.int().min(0).default(1),
  /** auto: the device that the run was trained on. */
  device: z.enum([...devices, 'auto']).default('auto'),
})
export type EvaluationOptions = z.infer<typeof evaluationOptions>
export type EvaluationOptionsInput = z.input<typeof evaluationOptions>
