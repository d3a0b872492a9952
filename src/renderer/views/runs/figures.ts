import type { EvaluationResult, Interval } from '../../../shared/evaluation.ts'
import { type HeadView, headViewNames } from '../../../shared/heads.ts'

/** A metric as pages show it: where it stands in an evaluation, how it is called and explained (`metrics.name`, `metrics.text`, `metrics.formula`), and which way is better. */
export interface Metric {
  readonly path: string
  readonly key: string
  readonly better: 'higher' | 'lower'
  /** Fills the name's blanks. */
  readonly of?: { readonly k?: number; readonly group?: string; readonly view?: HeadView; readonly figure?: string }
}

const higher = (path: string, key = path, of?: Metric['of']): Metric => ({ path, key, better: 'higher', of })
const lower = (path: string, key = path, of?: Metric['of']): Metric => ({ path, key, better: 'lower', of })

/** Every metric of an evaluation in the order of the tables. */
export const metrics: readonly Metric[] = [
  higher('accuracy'),
  higher('accuracyIncludingUnseen'),
  higher('macroRecall'),
  higher('macroPrecision'),
  higher('macroF1'),
  higher('weightedPrecision'),
  higher('weightedF1'),
  ...[5, 10, 20].map((k) => higher(`hr@${k}`, 'hr', { k })),
  ...[5, 10, 20].map((k) => higher(`ndcg@${k}`, 'ndcg', { k })),
  higher('mrr'),
  lower('nll'),
  lower('ece'),
  lower('ace'),
]

/** The metrics of each group. */
export const groupMetrics: readonly Metric[] = ['head', 'middle', 'tail'].flatMap((group) => [
  higher(`groups.${group}.macroRecall`, 'groupMacroRecall', { group }),
  higher(`groups.${group}.recall`, 'groupRecall', { group }),
  lower(`groups.${group}.nll`, 'groupNll', { group }),
])

export const worstGroup: Metric = higher('worstGroup.recall', 'worstGroup')

const headFigures = {
  accuracy: 'higher',
  macroRecall: 'higher',
  'hr@10': 'higher',
  mrr: 'higher',
  nll: 'lower',
  absoluteError: 'lower',
} as const
const figuresOfView: Record<HeadView, readonly (keyof typeof headFigures)[]> = {
  location: ['accuracy', 'macroRecall', 'hr@10', 'mrr', 'nll'],
  knownLocation: ['accuracy', 'macroRecall', 'hr@10', 'mrr', 'nll'],
  gap: ['accuracy', 'macroRecall', 'nll', 'absoluteError'],
}

/** The metrics of an extra head in one of its views. */
export function headMetrics(view: HeadView): Metric[] {
  return figuresOfView[view].map((figure) => {
    const key = figure === 'hr@10' ? 'hr' : figure
    return {
      path: `heads.${view}.${figure}`,
      key: `head.${key}`,
      better: headFigures[figure],
      of: { view, figure: key },
    }
  })
}

const byPath = new Map(
  [...metrics, ...groupMetrics, worstGroup, ...headViewNames.flatMap(headMetrics)].map((metric) => [
    metric.path,
    metric,
  ]),
)

/** The metric at a path. Asserts that there is one. */
export function metricAt(path: string): Metric {
  const metric = byPath.get(path)
  if (metric === undefined) throw new Error(`no metric ${path}`)
  return metric
}

/** A figure of an evaluation by its path; null where it is not defined. */
export function figureAt(evaluation: EvaluationResult, path: string): number | null {
  if (path in evaluation) return evaluation[path as 'accuracy'] ?? null
  let value: unknown = evaluation
  for (const part of path.split('.')) value = (value as Record<string, unknown> | null | undefined)?.[part]
  return typeof value === 'number' ? value : null
}

/** Why an evaluation has no figure at a path, as a key of `metrics.missing`; those that evaluations have not always kept are absent in older ones. */
export function missingReason(
  evaluation: EvaluationResult,
  path: string,
): 'older' | 'ranking' | 'headRanking' | 'probabilities' {
  const parts = path.split('.')
  const name = parts.pop()!
  let owner: unknown = evaluation
  for (const part of parts) owner = (owner as Record<string, unknown> | null | undefined)?.[part]
  const isRanking = /^(hr|ndcg)@|^mrr$/.test(name)
  const isKept = parts.includes('baselines') && !isRanking
  if (!isKept && (owner as Record<string, unknown> | undefined)?.[name] === undefined) return 'older'
  if (!isRanking) return 'probabilities'
  return parts[0] === 'heads' ? 'headRanking' : 'ranking'
}

/** How many targets a figure is of. */
export const targetsOf = ({ targets, unseenTargets }: EvaluationResult, path: string): number =>
  path === 'accuracyIncludingUnseen' ? targets + unseenTargets : targets

export const intervalAt = (evaluation: EvaluationResult, path: string): Interval | undefined =>
  evaluation.intervals[path]

/** Exponential moving average: each point keeps `smoothing` (0 to below 1) of the one before. */
export function smooth(values: readonly number[], smoothing: number): number[] {
  let last: number | undefined
  return values.map((value) => {
    last = last === undefined ? value : smoothing * last + (1 - smoothing) * value
    return last
  })
}
