import { useI18n } from 'vue-i18n'
import type { CalibrationBin, Interval } from '../../../shared/evaluation.ts'
import type { ConfusionFigures } from '../../../shared/evaluation-details.ts'
import { groupNames } from '../../../shared/long-tail.ts'
import { plainText } from '../../charts/text.ts'
import { useFormat } from '../../composables/format.ts'
import type { ComparedBehaviour } from './behaviour-rows.ts'
import { useMetricWords } from './use-metric-words.ts'

/** Of the pairs of behaviours so many are said. */
const mostPairs = 3

/** What the charts of evaluations show, in words: for whoever hears a chart instead of seeing it. */
export function useEvaluationWords() {
  const { t } = useI18n()
  const format = useFormat()
  const metrics = useMetricWords()

  return {
    /** How many behaviours gained and lost, and which of them most. */
    gains: (rows: readonly ComparedBehaviour[]) => {
      const count = (wanted: (targets: number) => boolean) =>
        format.count(rows.filter(({ targets }) => wanted(targets)).length)
      const extreme = (key: 'mostGained' | 'mostLost', sign: 1 | -1) => {
        const [first] = rows
        if (first === undefined) return []
        const most = rows.reduce((best, row) => (sign * row.targets > sign * best.targets ? row : best), first)
        if (sign * most.targets <= 0) return []
        return [
          t(`runs.scatter.${key}`, {
            behaviour: plainText(most.name),
            targets: format.counted(Math.abs(most.targets), 'targets'),
            reference: format.figure(most.reference),
            other: format.figure(most.other),
          }),
        ]
      }
      return [
        t('runs.scatter.counts', {
          gained: count((targets) => targets > 0),
          lost: count((targets) => targets < 0),
          same: count((targets) => targets === 0),
        }),
        ...extreme('mostGained', 1),
        ...extreme('mostLost', -1),
      ].join(' ')
    },
    /** How far each curve is off, and where most of that comes from. */
    calibration: (
      measure: 'ECE' | 'ACE',
      curves: readonly { name: string; error: number | null; bins: readonly CalibrationBin[] }[],
    ) =>
      curves
        .flatMap(({ name, error, bins }) => {
          const weight = ({ targets, confidence, accuracy }: CalibrationBin) =>
            targets === 0 ? -1 : targets * Math.abs((confidence ?? 0) - (accuracy ?? 0))
          const worst = bins.reduce<CalibrationBin | undefined>(
            (best, bin) => (weight(bin) > (best === undefined ? -1 : weight(best)) ? bin : best),
            undefined,
          )
          if (worst === undefined) return []
          return [
            t('runs.calibration.furthest', {
              name: plainText(name),
              measure,
              error: format.figure(error),
              confidence: format.figure(worst.confidence),
              accuracy: format.figure(worst.accuracy),
              targets: format.counted(worst.targets, 'targets'),
            }),
          ]
        })
        .join(' '),
    /** What is most often taken for what. */
    confusions: (pairs: readonly Confusion[]) =>
      pairs
        .slice(0, mostPairs)
        .map(({ behaviour, predicted, count, share }) =>
          t('runs.confusions.taken', {
            behaviour: plainText(behaviour),
            predicted: plainText(predicted),
            targets: format.counted(count, 'targets'),
            share: format.percent(share),
          }),
        )
        .join(' '),
    /** What of the confusions is seen: the pairs of a list, or the behaviours of a matrix. */
    confusionsShown: (
      { errors, totalPairs, pairs, classes }: Pick<ConfusionFigures, 'errors' | 'totalPairs' | 'pairs' | 'classes'>,
      view: 'list' | 'matrix',
    ) =>
      t(`runs.confusions.note.${view}`, {
        errors: format.count(errors),
        pairs: format.count(totalPairs),
        shown: format.count(view === 'list' ? pairs.length : classes.length),
      }),
    /** The value of each bar of head, middle and tail, with its interval. */
    groups: (bars: readonly GroupBar[]) =>
      bars
        .map(({ name, value, interval }) =>
          t('runs.groups.bar', {
            name: plainText(name),
            ...Object.fromEntries(
              groupNames.map((group) => [
                group,
                `${t(`common.groups.${group}`)} ${format.figure(value(group))} ${metrics.interval(interval(group))}`.trim(),
              ]),
            ),
          }),
        )
        .join(' '),
  }
}

/** A behaviour that was taken for another one: so many targets, and their share of the behaviour's. */
interface Confusion {
  behaviour: string
  predicted: string
  count: number
  share: number
}

type GroupName = (typeof groupNames)[number]

/** The bars of one run or baseline. */
export interface GroupBar {
  name: string
  value(group: GroupName): number | null
  interval(group: GroupName): Interval | undefined
}
