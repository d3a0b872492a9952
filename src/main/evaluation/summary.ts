import {
  type BaselineName,
  type BaselineResult,
  baselineNames,
  type CalibrationCurves,
  type EvaluationResult,
  type GroupResult,
  type Interval,
  type PairedDifference,
} from '../../shared/evaluation.ts'
import { groupNames } from '../../shared/long-tail.ts'
import type { JobContext } from '../../shared/progress.ts'
import { type BootstrapDraws, bootstrap, metricInterval, pairedDifference } from './bootstrap.ts'
import { type Binning, calibrationCurve } from './calibration.ts'
import { groupMetric, type Metrics, metricsOf } from './metrics.ts'
import type { ModelPredictions, Predictions } from './predictions.ts'
import { emptyTally, type Tally, tallyUsers, type UserStatistics, userStatistics } from './statistics.ts'

/** The part of an evaluation that follows from predictions alone. */
export type EvaluationFigures = Pick<
  EvaluationResult,
  | 'targets'
  | 'unseenTargets'
  | 'users'
  | 'classes'
  | 'accuracy'
  | 'accuracyIncludingUnseen'
  | 'macroRecall'
  | 'macroPrecision'
  | 'macroF1'
  | 'weightedPrecision'
  | 'weightedF1'
  | 'hr@5'
  | 'hr@10'
  | 'hr@20'
  | 'ndcg@5'
  | 'ndcg@10'
  | 'ndcg@20'
  | 'mrr'
  | 'nll'
  | 'ece'
  | 'ace'
  | 'accuracyAfterPriorCorrection'
  | 'nllAfterPriorCorrection'
  | 'eceAfterPriorCorrection'
  | 'aceAfterPriorCorrection'
  | 'groups'
  | 'worstGroup'
  | 'calibration'
  | 'baselines'
  | 'intervals'
>

/** One set of predictions with its sums. */
export interface Measured {
  statistics: UserStatistics
  tally: Tally
  metrics: Metrics
}

/**
 * Every figure of an evaluation with its bootstrap interval.
 *
 * @param groups group of each class, 0 head, 1 middle, 2 tail: [V]
 * @param samples number of bootstrap resamples; 0 gives no intervals
 */
export async function summarise(
  model: ModelPredictions,
  baselines: Record<BaselineName, Predictions>,
  groups: Uint8Array,
  options: { samples: number; seed: number },
  context: JobContext,
): Promise<EvaluationFigures> {
  const own = measure(model, groups)
  const corrected = model.corrected && measure({ ...model, ...model.corrected }, groups)
  const trivial = baselineNames.map((name) => measure(baselines[name], groups))
  const all = [own, ...trivial, ...(corrected ? [corrected] : [])]
  const draws = options.samples === 0 ? [] : await bootstrap(statisticsOf(all), groups, options, context)
  const supported = own.tally.support.reduce((count, support) => count + (support > 0 ? 1 : 0), 0)
  const figure = (name: string) => own.metrics[name]
  return {
    targets: own.tally.seen,
    unseenTargets: own.tally.unseen,
    users: own.statistics.seen.filter((targets) => targets > 0).length,
    classes: { total: model.classes, supported, unsupported: model.classes - supported },
    ...classificationFigures(own.metrics),
    ...rankFigures(figure),
    nll: figure('nll'),
    ece: figure('ece'),
    ace: figure('ace'),
    accuracyAfterPriorCorrection: corrected?.metrics.accuracy ?? null,
    nllAfterPriorCorrection: corrected?.metrics.nll ?? null,
    eceAfterPriorCorrection: corrected?.metrics.ece ?? null,
    aceAfterPriorCorrection: corrected?.metrics.ace ?? null,
    groups: groupResults(own, groups),
    worstGroup: worstGroup(own.metrics),
    calibration: { ...curves('equalWidth', own, corrected), equalCount: curves('equalCount', own, corrected) },
    baselines: Object.fromEntries(
      baselineNames.map((name, index) => {
        const lead = (metric: string) => leadOver(own, trivial[index], draws[0], draws[index + 1], metric)
        const leads = { accuracy: lead('accuracy'), macroRecall: lead('macroRecall') }
        return [name, { ...baselineResult(trivial[index], groups), lead: leads }]
      }),
    ) as Record<BaselineName, BaselineResult>,
    intervals: draws.length === 0 ? {} : intervals(all, draws),
  }
}

/** Sums predictions and takes every metric of them. */
export function measure(predictions: Predictions, groups: Uint8Array): Measured {
  const statistics = userStatistics(predictions, groups)
  const tally = tallyUsers(statistics, emptyTally(statistics))
  return { statistics, tally, metrics: metricsOf(tally, groups) }
}

function classificationFigures(metrics: Metrics) {
  return {
    accuracy: metrics.accuracy,
    accuracyIncludingUnseen: metrics.accuracyIncludingUnseen,
    macroRecall: metrics.macroRecall,
    macroPrecision: metrics.macroPrecision,
    macroF1: metrics.macroF1,
    weightedPrecision: metrics.weightedPrecision,
    weightedF1: metrics.weightedF1,
  }
}

function rankFigures<Figure>(figure: (name: string) => Figure) {
  return {
    'hr@5': figure('hr@5'),
    'hr@10': figure('hr@10'),
    'hr@20': figure('hr@20'),
    'ndcg@5': figure('ndcg@5'),
    'ndcg@10': figure('ndcg@10'),
    'ndcg@20': figure('ndcg@20'),
    mrr: figure('mrr'),
  }
}

function baselineResult(measured: Measured, groups: Uint8Array): Omit<BaselineResult, 'lead'> {
  return {
    ...classificationFigures(measured.metrics),
    // Null of a baseline that ranks nothing.
    ...rankFigures((name) => orNull(measured.metrics[name])),
    groups: groupResults(measured, groups),
  }
}

function groupResults({ tally, metrics }: Measured, groups: Uint8Array): EvaluationResult['groups'] {
  const results = groupNames.map((name, index): GroupResult => {
    const result = { classes: 0, supportedClasses: 0, targets: 0 }
    for (let id = 0; id < groups.length; id += 1) {
      if (groups[id] !== index) continue
      result.classes += 1
      result.targets += tally.support[id]
      if (tally.support[id] > 0) result.supportedClasses += 1
    }
    return {
      ...result,
      macroRecall: orNull(metrics[groupMetric(name, 'macroRecall')]),
      recall: orNull(metrics[groupMetric(name, 'recall')]),
      nll: orNull(metrics[groupMetric(name, 'nll')]),
    }
  })
  return { head: results[0], middle: results[1], tail: results[2] }
}

function worstGroup(metrics: Metrics): EvaluationResult['worstGroup'] {
  const recall = metrics['worstGroup.recall']
  const group = groupNames.find((name) => metrics[groupMetric(name, 'recall')] === recall)!
  return { group, recall, macroRecall: metrics[groupMetric(group, 'macroRecall')] }
}

function curves(binning: Binning, own: Measured, corrected: Measured | undefined): CalibrationCurves {
  const curve = ({ tally }: Measured) => calibrationCurve(tally.scores!.bins[binning])
  return { before: curve(own), after: corrected ? curve(corrected) : null }
}

/** Intervals by path; `all` and `draws` hold the run, the baselines and, where there is one, the corrected run. */
function intervals(all: readonly Measured[], draws: readonly BootstrapDraws[]): Record<string, Interval> {
  const found: Record<string, Interval> = {}
  const add = (index: number, name: string, path: string) => {
    const between = metricInterval(name, all[index].metrics[name], draws[index][name])
    if (between !== null) found[path] = between
  }
  for (const name of Object.keys(draws[0])) add(0, name, name)
  for (const [index, baseline] of baselineNames.entries()) {
    for (const name of Object.keys(draws[index + 1])) add(index + 1, name, `baselines.${baseline}.${name}`)
  }
  const corrected = baselineNames.length + 1
  if (corrected < all.length) {
    for (const name of ['accuracy', 'nll', 'ece', 'ace']) add(corrected, name, `${name}AfterPriorCorrection`)
  }
  return found
}

/** A run's lead over a baseline in one metric; null without draws. */
export function leadOver(
  own: Measured,
  baseline: Measured,
  ownDraws: BootstrapDraws | undefined,
  baselineDraws: BootstrapDraws | undefined,
  metric: string,
): PairedDifference | null {
  if (ownDraws === undefined || baselineDraws === undefined) return null
  return pairedDifference(
    { value: baseline.metrics[metric], draws: baselineDraws[metric] },
    { value: own.metrics[metric], draws: ownDraws[metric] },
  )
}

const statisticsOf = (all: readonly Measured[]) => all.map(({ statistics }) => statistics)

function orNull(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : value
}
