import { baselineNames, type EvaluationResult, type Interval, type PairedDifference } from '../../shared/evaluation.ts'
import { type HeadView, headViewNames } from '../../shared/heads.ts'
import type { JobContext } from '../../shared/progress.ts'
import type { Dataset } from '../dataset/types.ts'
import { type BootstrapDraws, bootstrap, metricInterval, pairedDifference } from './bootstrap.ts'
import { headBaselines } from './head-baselines.ts'
import type { Metrics } from './metrics.ts'
import type { HeadPredictions, ScoredPredictions } from './predictions.ts'
import { leadOver, measure } from './summary.ts'

type HeadResults = NonNullable<EvaluationResult['heads']>
type HeadResult = NonNullable<HeadResults[HeadView]>

/** Figures that have an interval and are compared between runs. */
const headFigures = ['accuracy', 'macroRecall', 'hr@10', 'mrr', 'nll', 'absoluteError'] as const

/** Head, middle and tail are of behaviours: what the extra heads predict is not grouped. */
const ungrouped = (classes: number) => new Uint8Array(classes)

/** The figures of every view of the extra heads, with intervals by their path in the evaluation; undefined where the model has none. */
export async function summariseHeads(
  dataset: Dataset,
  predictions: HeadPredictions,
  options: { samples: number; seed: number },
  context: JobContext,
): Promise<{ heads: HeadResults; intervals: Record<string, Interval> } | undefined> {
  const heads: HeadResults = {}
  const intervals: Record<string, Interval> = {}
  for (const view of headViewNames) {
    const own = predictions[view]
    if (!hasTargets(own)) continue
    const summary = await summariseHead(dataset, view, own, options, context)
    heads[view] = summary.result
    for (const [path, interval] of Object.entries(summary.intervals)) intervals[`heads.${view}.${path}`] = interval
  }
  return Object.keys(heads).length === 0 ? undefined : { heads, intervals }
}

async function summariseHead(
  dataset: Dataset,
  view: HeadView,
  predictions: ScoredPredictions,
  options: { samples: number; seed: number },
  context: JobContext,
): Promise<{ result: HeadResult; intervals: Record<string, Interval> }> {
  const groups = ungrouped(predictions.classes)
  const baselines = headBaselines(dataset, view, predictions)
  const own = measure(predictions, groups)
  const trivial = baselineNames.map((name) => measure(baselines[name], groups))
  const statistics = [own, ...trivial].map((measured) => measured.statistics)
  const draws = options.samples === 0 ? [] : await bootstrap(statistics, groups, options, context)
  const intervals: Record<string, Interval> = {}
  const add = (index: number, metrics: Metrics, name: string, path: string) => {
    const between = draws.length === 0 ? null : metricInterval(name, metrics[name], draws[index][name])
    if (between !== null) intervals[path] = between
  }
  for (const name of headFigures) if (isDefined(own.metrics[name])) add(0, own.metrics, name, name)
  const result: HeadResult = {
    classes: predictions.classes,
    supportedClasses: own.tally.support.reduce((count, support) => count + (support > 0 ? 1 : 0), 0),
    targets: own.tally.seen,
    accuracy: own.metrics.accuracy,
    macroRecall: own.metrics.macroRecall,
    'hr@10': own.metrics['hr@10'],
    mrr: own.metrics.mrr,
    nll: own.metrics.nll,
    absoluteError: orNull(own.metrics.absoluteError),
    baselines: {} as HeadResult['baselines'],
  }
  for (const [index, name] of baselineNames.entries()) {
    const { metrics } = trivial[index]
    const lead = (figure: string) =>
      isDefined(metrics[figure]) ? leadOver(own, trivial[index], draws[0], draws[index + 1], figure) : null
    result.baselines[name] = {
      accuracy: metrics.accuracy,
      macroRecall: metrics.macroRecall,
      'hr@10': orNull(metrics['hr@10']),
      mrr: orNull(metrics.mrr),
      nll: orNull(metrics.nll),
      absoluteError: orNull(metrics.absoluteError),
      lead: { accuracy: lead('accuracy'), nll: lead('nll') },
    }
    for (const figure of headFigures) {
      if (isDefined(metrics[figure])) add(index + 1, metrics, figure, `baselines.${name}.${figure}`)
    }
  }
  return { result, intervals }
}

/** Paired differences of what the extra heads of two runs on the same targets say, by path; of the views that both have. */
export async function headDifferences(
  reference: HeadPredictions,
  other: HeadPredictions,
  options: { samples: number; seed: number },
  context: JobContext,
): Promise<Record<string, PairedDifference>> {
  const found: Record<string, PairedDifference> = {}
  for (const view of headViewNames) {
    const sides = [reference[view], other[view]].filter(hasTargets)
    if (sides.length < 2) continue
    const groups = ungrouped(sides[0].classes)
    const measured = sides.map((predictions) => measure(predictions, groups))
    const statistics = measured.map((side) => side.statistics)
    const draws: BootstrapDraws[] = await bootstrap(statistics, groups, options, context)
    for (const name of headFigures) {
      const [first, second] = measured.map(({ metrics }, index) => ({
        value: metrics[name],
        draws: draws[index][name],
      }))
      const difference = isDefined(second.value) ? pairedDifference(first, second) : null
      if (difference !== null) found[`heads.${view}.${name}`] = difference
    }
  }
  return found
}

/** A split may have no target at a place of the vocabulary. */
function hasTargets(predictions: ScoredPredictions | undefined): predictions is ScoredPredictions {
  return predictions?.target.some((id) => id < predictions.classes) ?? false
}

const isDefined = (value: number | undefined) => value !== undefined && Number.isFinite(value)
const orNull = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : null)
