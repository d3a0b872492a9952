import { type BaselineName, baselineNames, type EvaluationResult } from '../../../shared/evaluation.ts'
import { headViewNames } from '../../../shared/heads.ts'
import { groupNames } from '../../../shared/long-tail.ts'
import type { Dataset } from '../../dataset/types.ts'
import { classMetrics } from '../metrics.ts'
import { measure } from '../summary.ts'
import { type CsvCell, toCsv } from './csv.ts'
import { evaluationLabel, type ReportDocument, type ReportInput } from './document.ts'

/** Single figures of an evaluation in the order of the tables. */
const summaryFigures = [
  'accuracy',
  'accuracyIncludingUnseen',
  'macroRecall',
  'macroPrecision',
  'macroF1',
  'weightedPrecision',
  'weightedF1',
  'hr@5',
  'hr@10',
  'hr@20',
  'ndcg@5',
  'ndcg@10',
  'ndcg@20',
  'mrr',
  'nll',
  'ece',
  'ace',
  'accuracyAfterPriorCorrection',
  'nllAfterPriorCorrection',
  'eceAfterPriorCorrection',
  'aceAfterPriorCorrection',
] as const satisfies readonly (keyof EvaluationResult)[]

/** One line per run or baseline and figure, with its 95 % interval and the number of targets it is over. */
export function summaryTable(evaluations: readonly EvaluationResult[]): string {
  const rows: CsvCell[][] = []
  for (const evaluation of evaluations) {
    const line = (kind: string, name: string, figure: string, value: number | null, path: string) => {
      const [low, high] = evaluation.intervals[path] ?? [null, null]
      rows.push([name, kind, figure, value, low, high, evaluation.targets, evaluation.unseenTargets, evaluation.split])
    }
    for (const figure of summaryFigures)
      line('run', evaluationLabel(evaluation), figure, evaluation[figure] ?? null, figure)
  }
  for (const name of baselineNames) {
    const [{ baselines, intervals, targets, unseenTargets, split }] = evaluations
    for (const [figure, value] of Object.entries(baselines[name])) {
      if (typeof value !== 'number') continue
      const [low, high] = intervals[`baselines.${name}.${figure}`] ?? [null, null]
      rows.push([name, 'baseline', figure, value, low, high, targets, unseenTargets, split])
    }
  }
  return toCsv(['name', 'kind', 'metric', 'value', 'low95', 'high95', 'targets', 'unseen_targets', 'split'], rows)
}

/** One line per run or baseline, view of an extra head and figure, with its 95 % interval; only the header where no run has one. */
export function headTable(evaluations: readonly EvaluationResult[]): string {
  const rows: CsvCell[][] = []
  const figures = ['accuracy', 'macroRecall', 'hr@10', 'mrr', 'nll', 'absoluteError'] as const
  for (const evaluation of evaluations) {
    for (const view of headViewNames) {
      const result = evaluation.heads?.[view]
      if (result === undefined) continue
      const line = (name: string, kind: string, figure: string, value: number | null, path: string) => {
        if (value === null) return
        const [low, high] = evaluation.intervals[`heads.${view}.${path}`] ?? [null, null]
        rows.push([name, kind, view, figure, value, low, high, result.targets, evaluation.split])
      }
      const label = evaluationLabel(evaluation)
      for (const figure of figures) line(label, 'run', figure, result[figure], figure)
      for (const name of baselineNames) {
        for (const [figure, value] of Object.entries(result.baselines[name])) {
          if (typeof value === 'number')
            line(`${label}: ${name}`, 'baseline', figure, value, `baselines.${name}.${figure}`)
        }
      }
    }
  }
  return toCsv(['name', 'kind', 'predicted', 'metric', 'value', 'low95', 'high95', 'targets', 'split'], rows)
}

/** One line per run or baseline and group. */
export function groupTable(evaluations: readonly EvaluationResult[]): string {
  const rows: CsvCell[][] = []
  const add = (evaluation: EvaluationResult, baseline: BaselineName | null) => {
    const source = baseline === null ? evaluation.groups : evaluation.baselines[baseline].groups
    const prefix = baseline === null ? '' : `baselines.${baseline}.`
    for (const group of groupNames) {
      const { classes, supportedClasses, targets, macroRecall, recall, nll } = source[group]
      const between = (figure: string) => evaluation.intervals[`${prefix}groups.${group}.${figure}`] ?? [null, null]
      rows.push([
        baseline ?? evaluationLabel(evaluation),
        baseline === null ? 'run' : 'baseline',
        evaluation.rule,
        group,
        classes,
        supportedClasses,
        targets,
        macroRecall,
        ...between('macroRecall'),
        recall,
        ...between('recall'),
        nll,
        ...between('nll'),
      ])
    }
  }
  for (const evaluation of evaluations) add(evaluation, null)
  for (const name of baselineNames) add(evaluations[0], name)
  return toCsv(
    [
      ...['name', 'kind', 'rule', 'group', 'classes', 'supported_classes', 'targets'],
      ...['macro_recall', 'macro_recall_low95', 'macro_recall_high95', 'recall', 'recall_low95', 'recall_high95'],
      ...['nll', 'nll_low95', 'nll_high95'],
    ],
    rows,
  )
}

/** One line per run and class of the vocabulary, supported or not. @param groups group of each class: [V] */
export function classTable(dataset: Dataset, inputs: readonly ReportInput[], groups: Uint8Array): string {
  const rows: CsvCell[][] = []
  for (const { evaluation, predictions } of inputs) {
    const { tally } = measure(predictions, groups)
    for (const [id, name] of dataset.behaviours.entries()) {
      const { support, predicted, correct, precision, recall, f1 } = classMetrics(tally, id)
      rows.push([
        ...[evaluationLabel(evaluation), name, groupNames[groups[id]], dataset.trainingCounts[id]],
        ...[support, predicted, correct, precision, recall, f1],
      ])
    }
  }
  return toCsv(
    ['run', 'behaviour', 'group', 'training_events', 'targets', 'predicted', 'correct', 'precision', 'recall', 'f1'],
    rows,
  )
}

/** One line per run and metric: difference from the first run. */
export function comparisonTable(document: ReportDocument): string {
  const reference = document.runs[0].label
  const rows = document.comparisons.flatMap(({ run, differences, mcnemar }) => [
    ...Object.entries(differences).map(([metric, { difference, interval, p }]): CsvCell[] => [
      ...[run, reference, metric, difference, interval[0], interval[1], p],
      'paired bootstrap over users',
    ]),
    [run, reference, 'accuracy', null, null, null, mcnemar.p, 'McNemar'] satisfies CsvCell[],
  ])
  return toCsv(['run', 'reference', 'metric', 'difference', 'low95', 'high95', 'p', 'test'], rows)
}

/** One line per run and confused pair. */
export function confusionTable(dataset: Dataset, document: ReportDocument): string {
  const rows = document.runs.flatMap(({ label, confusions }) =>
    confusions.pairs.map(({ target, predicted, count, share }): CsvCell[] => [
      ...[label, dataset.behaviours[target], dataset.behaviours[predicted], count, share],
    ]),
  )
  return toCsv(['run', 'behaviour', 'predicted_as', 'targets', 'share_of_behaviour'], rows)
}
