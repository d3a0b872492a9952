import { z } from 'zod'
import { devices, evaluationOptions, groupRules, objectiveConfiguration } from './configuration.ts'
import { headViewNames } from './heads.ts'
import { groupNames } from './long-tail.ts'

/**
 * What an evaluation and a comparison say. Every share lies in 0..1, every NLL is in nats per target, every interval is the
 * 2.5 % and 97.5 % quantile of a bootstrap over users. `null` says that a figure is not defined (no such targets), never zero.
 */

export const baselineNames = ['mostFrequent', 'repeatLast', 'markov', 'userMostFrequent'] as const
export type BaselineName = (typeof baselineNames)[number]

/** The k of HR@k and NDCG@k. */
export const cutoffs = [5, 10, 20] as const

const figure = z.number().nullable()
export const interval = z.tuple([z.number(), z.number()])
export type Interval = z.infer<typeof interval>

export const pairedDifference = z.object({
  /** The figure of a run minus that of what it is compared with. */
  difference: z.number(),
  interval,
  /** Two-sided bootstrap p: twice the smaller share of resampled differences on either side of zero, zero itself on both, at most 1. */
  p: z.number(),
})
export type PairedDifference = z.infer<typeof pairedDifference>

export const groupResult = z.object({
  /** Classes of the vocabulary in this group, and how many of them have test targets. */
  classes: z.int(),
  supportedClasses: z.int(),
  targets: z.int(),
  /** Mean recall of the supported classes of the group. */
  macroRecall: figure,
  /** Share of the group's targets that were predicted. */
  recall: figure,
  /** Mean -log p of the group's targets; null for baselines, which give no probabilities. */
  nll: figure,
})
export type GroupResult = z.infer<typeof groupResult>

const groupResults = z.object({ head: groupResult, middle: groupResult, tail: groupResult })

/** Of baselines that rank all classes; null of one that names a single class, absent in evaluations from before they were kept. */
const rankFigures = {
  'hr@5': figure.optional(),
  'hr@10': figure.optional(),
  'hr@20': figure.optional(),
  'ndcg@5': figure.optional(),
  'ndcg@10': figure.optional(),
  'ndcg@20': figure.optional(),
  mrr: figure.optional(),
}

export const baselineResult = z.object({
  accuracy: z.number(),
  accuracyIncludingUnseen: z.number(),
  macroRecall: z.number(),
  macroPrecision: z.number(),
  macroF1: z.number(),
  weightedPrecision: z.number(),
  weightedF1: z.number(),
  ...rankFigures,
  groups: groupResults,
  /** The run minus the baseline on the same targets; null without a bootstrap. */
  lead: z.object({ accuracy: pairedDifference.nullable(), macroRecall: pairedDifference.nullable() }),
})
export type BaselineResult = z.infer<typeof baselineResult>

/** One bin of a reliability diagram: targets whose top-1 probability lies in [from, to), the last bin closed. */
export const calibrationBin = z.object({
  from: z.number(),
  to: z.number(),
  targets: z.int(),
  /** Mean top-1 probability and share of right top-1 predictions; null in an empty bin. */
  confidence: figure,
  accuracy: figure,
})
export type CalibrationBin = z.infer<typeof calibrationBin>

/** Before and after the prior correction; null where there is none. */
const calibrationCurves = z.object({ before: z.array(calibrationBin), after: z.array(calibrationBin).nullable() })
export type CalibrationCurves = z.infer<typeof calibrationCurves>

/** The best that any model can reach on these targets, known for simulated data only. */
export const bayesReference = z.object({
  /** Share of the targets that the truly most probable behaviour hits, and its expectation over what could have happened. */
  accuracy: z.number(),
  expectedAccuracy: z.number(),
  nll: z.number(),
  /** Macro recall of that predictor; others can have a higher one. */
  macroRecall: z.number(),
})
export type BayesReference = z.infer<typeof bayesReference>

const headBaseline = z.object({
  accuracy: z.number(),
  macroRecall: z.number(),
  'hr@10': rankFigures['hr@10'],
  mrr: rankFigures.mrr,
  /** Of baselines that give probabilities: of gaps, the training distribution (mostFrequent) and the user's own (userMostFrequent). */
  nll: figure,
  absoluteError: figure,
  /** The run minus the baseline on the same targets; null without a bootstrap. */
  lead: z.object({ accuracy: pairedDifference.nullable(), nll: pairedDifference.nullable() }),
})

/** An extra head of a model in one of its views, over all targets of the split: a behaviour that training never saw has a place and a time as well. */
export const headResult = z.object({
  /** Classes of the view, and how many of them have targets. */
  classes: z.int(),
  supportedClasses: z.int(),
  /** Of knownLocation only those at a place of the vocabulary. */
  targets: z.int(),
  accuracy: z.number(),
  macroRecall: z.number(),
  'hr@10': z.number(),
  mrr: z.number(),
  nll: z.number(),
  /** Mean number of buckets between the gap and the median of the distribution; null for locations, which have no order. */
  absoluteError: figure,
  baselines: z.object({
    mostFrequent: headBaseline,
    repeatLast: headBaseline,
    markov: headBaseline,
    userMostFrequent: headBaseline,
  }),
})
export type HeadResult = z.infer<typeof headResult>

export const evaluationResult = z.object({
  run: z.object({ id: z.string(), name: z.string(), objective: objectiveConfiguration, seed: z.int() }),
  dataset: z.object({ id: z.string(), name: z.string(), contentHash: z.string() }),
  split: evaluationOptions.shape.split.unwrap(),
  checkpoint: evaluationOptions.shape.checkpoint.unwrap(),
  /** Validation metric that picked the best checkpoint. */
  selectBy: z.string(),
  /** Rule by which head, middle and tail were cut. */
  rule: z.enum(groupRules),
  /** Post-hoc logit adjustment: logits - tau log p. */
  adjustment: z.number(),
  device: z.enum(devices),
  simulated: z.boolean(),
  /** SHA-256 of the evaluated parameters: a run that was trained further has others. */
  parametersHash: z.string(),
  /** Optimizer steps of the evaluated checkpoint; evaluations from before it was kept do not say. */
  checkpointStep: z.int().optional(),
  createdAt: z.string(),
  seconds: z.number(),

  /** Targets whose behaviour was seen in training: the denominator of every figure but `accuracyIncludingUnseen`. */
  targets: z.int(),
  /** Targets whose behaviour was never seen in training: no model can name them. */
  unseenTargets: z.int(),
  /** Users with a target among them. The bootstrap draws from these and from users whose targets are all unseen. */
  users: z.int(),
  /** Classes without test targets are left out of every macro average. */
  classes: z.object({ total: z.int(), supported: z.int(), unsupported: z.int() }),

  /** Share of right top-1 predictions; the same number as recall weighted by support. */
  accuracy: z.number(),
  /** The same over all targets, unseen behaviours counted as misses. */
  accuracyIncludingUnseen: z.number(),
  macroRecall: z.number(),
  macroPrecision: z.number(),
  /** Mean of the classes' F1, not F1 of the means. */
  macroF1: z.number(),
  weightedPrecision: z.number(),
  weightedF1: z.number(),
  'hr@5': z.number(),
  'hr@10': z.number(),
  'hr@20': z.number(),
  'ndcg@5': z.number(),
  'ndcg@10': z.number(),
  'ndcg@20': z.number(),
  mrr: z.number(),
  nll: z.number(),
  /** Calibration error over bins of equal width. */
  ece: z.number(),
  /** The same over bins of equally many targets; absent in evaluations from before it was kept, as are those bins. */
  ace: z.number().optional(),
  /** After the prior correction fitted on validation targets; null where there are none or the split is validation itself. */
  accuracyAfterPriorCorrection: figure,
  nllAfterPriorCorrection: figure,
  eceAfterPriorCorrection: figure,
  aceAfterPriorCorrection: figure.optional(),
  priorCorrection: z.object({ fittedOnTargets: z.int(), iterations: z.int(), converged: z.boolean() }).nullable(),

  groups: groupResults,
  /** The group with the lowest recall. */
  worstGroup: z.object({ group: z.enum(groupNames), recall: z.number(), macroRecall: z.number() }),
  /** Reliability diagrams over bins of equal width, and of equally many targets. */
  calibration: calibrationCurves.extend({ equalCount: calibrationCurves.optional() }),
  baselines: z.object({
    mostFrequent: baselineResult,
    repeatLast: baselineResult,
    markov: baselineResult,
    userMostFrequent: baselineResult,
  }),
  /** By the path of the figure: `accuracy`, `groups.tail.macroRecall`, `baselines.markov.accuracy`. Empty when no bootstrap was asked for. */
  intervals: z.record(z.string(), interval),
  bootstrap: z.object({ samples: z.int(), seed: z.int() }),
  bayes: bayesReference.optional(),
  /** Of a model with extra heads. */
  heads: z.partialRecord(z.enum(headViewNames), headResult).optional(),
})
export type EvaluationResult = z.infer<typeof evaluationResult>

/** Whether the checkpoint that was evaluated has been replaced by training since. */
export interface Staleness {
  isStale: boolean
}

/** An evaluation as it is shown. */
export type ShownEvaluation = EvaluationResult & Staleness

/** A run by id or name, or one with a post-hoc logit adjustment. */
const comparedRun = z.union([z.string().min(1), z.strictObject({ run: z.string().min(1), adjustment: z.number() })])

/** Which runs to compare, the first being the reference. */
export const comparisonOptions = z.strictObject({
  runs: z.array(comparedRun).min(2),
  split: evaluationOptions.shape.split,
  checkpoint: evaluationOptions.shape.checkpoint,
  groupRule: evaluationOptions.shape.groupRule,
  bootstrapSamples: z.int().min(100).default(1000),
  seed: evaluationOptions.shape.seed,
  device: evaluationOptions.shape.device,
})
export type ComparisonOptions = z.infer<typeof comparisonOptions>
export type ComparisonOptionsInput = z.input<typeof comparisonOptions>

/** What a report is about: one run, or several compared with the first. */
export const reportOptions = comparisonOptions.extend({ runs: z.array(comparedRun).min(1) })
export type ReportOptions = z.infer<typeof reportOptions>
export type ReportOptionsInput = z.input<typeof reportOptions>

/** A report as one page. */
export const reportPageOptions = reportOptions.extend({ output: z.string().min(1) })

export const mcnemarResult = z.object({
  /** Targets that only the reference, and only the other run, predicted right. */
  onlyReference: z.int(),
  onlyRun: z.int(),
  /** Two-sided exact binomial p. Treats targets as independent: the bootstrap over users is the stricter test. */
  p: z.number(),
})
export type McNemarResult = z.infer<typeof mcnemarResult>

export const comparisonResult = z.object({
  reference: evaluationResult,
  others: z.array(
    z.object({
      evaluation: evaluationResult,
      /** By metric name, `groups.tail.macroRecall` for groups. */
      differences: z.record(z.string(), pairedDifference),
      mcnemar: mcnemarResult,
    }),
  ),
  bootstrap: z.object({ samples: z.int(), seed: z.int() }),
})
export type ComparisonResult = z.infer<typeof comparisonResult>

/** A comparison of stored evaluations. */
export interface StoredComparisonResult extends ComparisonResult {
  /** Whether each of the evaluations is stale, in the order of the runs asked for. */
  isStale: boolean[]
}

/** Which stored evaluation: the run, and what tells its evaluations apart. */
export const storedEvaluation = z.strictObject({
  /** Id or name. */
  run: z.string().min(1),
  split: evaluationOptions.shape.split,
  checkpoint: evaluationOptions.shape.checkpoint,
  rule: z.enum(groupRules).default('share'),
  adjustment: evaluationOptions.shape.adjustment,
})
export type StoredEvaluation = z.output<typeof storedEvaluation>
export type StoredEvaluationInput = z.input<typeof storedEvaluation>

/** One of a run's stored evaluations. */
export type EvaluationEntry = Staleness &
  Pick<EvaluationResult, 'split' | 'checkpoint' | 'rule' | 'adjustment' | 'createdAt' | 'targets' | 'bootstrap'>

/** Figures of a run in the table of runs, by their path in an evaluation and its intervals. */
export const overviewFigures = [
  'accuracy',
  'macroRecall',
  'groups.head.macroRecall',
  'groups.middle.macroRecall',
  'groups.tail.macroRecall',
  'macroF1',
  'hr@10',
  'ndcg@10',
  'mrr',
  'nll',
  'ece',
] as const
export type OverviewFigure = (typeof overviewFigures)[number]

/** Which evaluations the table of runs shows: of the best checkpoint, without post-hoc adjustment. */
export const overviewOptions = storedEvaluation.pick({ split: true, rule: true })

/** What the table of runs says of one evaluation. */
export interface EvaluationSummary extends Staleness {
  createdAt: string
  bootstrap: EvaluationResult['bootstrap']
  targets: number
  figures: Record<OverviewFigure, number | null>
  /** Only of figures that have one. */
  intervals: Partial<Record<OverviewFigure, Interval>>
}

/** Evaluations of several runs on the same targets; nothing is computed anew. */
export const storedComparison = comparisonOptions.omit({ device: true })
export type StoredComparison = z.output<typeof storedComparison>
