import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { type OverviewFigure, overviewFigures } from '../../../shared/evaluation.ts'
import type { RunOverview } from '../../../shared/runs.ts'
import { shownStatus } from '../../components/job-links.ts'
import { type ChoosableColumn, useChosenColumns } from '../../composables/chosen-columns.ts'
import { useDataWords } from '../../composables/data-words.ts'
import { useFormat } from '../../composables/format.ts'
import { useJobs } from '../../stores/jobs.ts'
import { useMetricWords } from './use-metric-words.ts'

/** A column of the table of runs. */
export interface RunColumn extends ChoosableColumn {
  /** What exported data call it, in every language. */
  heading: string
  width: number
  align: 'left' | 'right'
  value: (run: RunOverview) => string | number | null
  /** As it is shown; the value itself where it is a text. */
  text: (run: RunOverview) => string
  /** Said in the tooltip. */
  note?: (run: RunOverview) => string
}

/** What fits beside each other in the smallest window. */
const shownAtFirst = [
  'name',
  'dataset',
  'objective',
  'preset',
  'status',
  'best',
  'accuracy',
  'macroRecall',
  'groups.tail.macroRecall',
  'nll',
]

/** Every column that the table of runs can have, and those that it has: chosen by a person and remembered by the browser. */
export function useRunColumns() {
  const { t } = useI18n()
  const data = useDataWords()
  const format = useFormat()
  const words = useMetricWords()
  const jobs = useJobs()
  const statusOf = (run: RunOverview) => shownStatus(run, jobs.active)
  const texts = (key: string, width: number, value: (run: RunOverview) => string | null): RunColumn => ({
    key,
    label: t(`runs.column.${key}`),
    heading: data(`runs.column.${key}`),
    width,
    align: 'left',
    value,
    text: (run) => value(run) ?? '–',
  })
  const numbers = (
    key: string,
    width: number,
    value: (run: RunOverview) => number | null,
    text: (value: number | null) => string,
  ): RunColumn => ({
    key,
    label: t(`runs.column.${key}`),
    heading: data(`runs.column.${key}`),
    width,
    align: 'right',
    value,
    text: (run) => text(value(run)),
  })

  function figure(path: OverviewFigure): RunColumn {
    return {
      key: path,
      label: words.name(path),
      heading: words.name(path, data),
      width: path.startsWith('groups.')
        ? 124
        : path.startsWith('macro')
          ? 96
          : path === 'nll' || path === 'ece'
            ? 60
            : 74,
      align: 'right',
      value: (run) => run.evaluation?.figures[path] ?? null,
      text: ({ evaluation }) =>
        evaluation?.isStale
          ? t('runs.stale.figure', { figure: format.figure(evaluation.figures[path]) })
          : format.figure(evaluation?.figures[path]),
      note: ({ evaluation }) => {
        if (evaluation === null) return t('runs.notEvaluatedSo')
        const between = words.interval(evaluation.intervals[path])
        const over = format.counted(evaluation.targets, 'targets')
        const said =
          between === '' ? over : [t('metrics.interval95', { interval: between }), over].join(t('common.comma'))
        return evaluation.isStale ? [said, t('runs.stale.mark')].join(t('common.comma')) : said
      },
    }
  }

  const all = computed<RunColumn[]>(() => [
    { ...texts('name', 172, ({ name }) => name), isFixed: true },
    texts('dataset', 86, ({ datasetName }) => datasetName),
    texts('objective', 78, ({ objective }) => objective),
    texts('preset', 56, ({ configuration }) => configuration?.model.preset ?? null),
    numbers('parameters', 100, ({ parameterCount }) => parameterCount, format.count),
    texts('device', 80, ({ device }) => device),
    texts('status', 70, (run) => t(`runs.status.${statusOf(run)}`)),
    {
      ...numbers('steps', 94, ({ step }) => step, format.count),
      text: ({ step, totalSteps }) => `${format.count(step)} / ${format.count(totalSteps)}`,
    },
    {
      ...numbers('best', 96, ({ bestValue }) => bestValue, format.figure),
      // Runs are selected by different metrics.
      text: ({ bestValue, selectBy }) =>
        bestValue === null ? format.figure(null) : `${format.figure(bestValue)} ${t(`train.choice.${selectBy}`)}`,
      note: ({ selectBy, bestStep }) =>
        bestStep === null ? '' : t('runs.bestAt', { metric: words.name(selectBy), step: format.count(bestStep) }),
    },
    ...overviewFigures.map(figure),
    numbers('targets', 90, ({ evaluation }) => evaluation?.targets ?? null, format.count),
    numbers('learningRate', 96, ({ configuration }) => configuration?.learningRate ?? null, format.rough),
    numbers('batch', 70, ({ configuration }) => configuration?.batch ?? null, format.count),
    numbers('seed', 70, ({ configuration }) => configuration?.seed ?? null, format.count),
    {
      ...texts('createdAt', 150, ({ createdAt }) => createdAt),
      text: ({ createdAt }) => format.instant(createdAt),
    },
  ])
  return { all, statusOf, ...useChosenColumns('runs', () => all.value, shownAtFirst) }
}
