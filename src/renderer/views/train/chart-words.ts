import { useI18n } from 'vue-i18n'
import type { ClassWeights } from '../../../shared/runs.ts'
import { plainText } from '../../charts/text.ts'
import { useFormat } from '../../composables/format.ts'

type Point = readonly [step: number, value: number]

/** A curve as far as words can say it. */
interface Line {
  name: string
  points: readonly (readonly [step: number, value: number | null])[]
}

const measured = ({ points }: Line) => points.filter((point): point is Point => point[1] !== null)

/** What the charts of a training show, in words: for whoever hears a chart instead of seeing it. */
export function useChartWords() {
  const { t } = useI18n()
  const format = useFormat()
  const at = ([step, value]: Point) =>
    t('train.chart.words.at', { value: format.rough(value), step: format.count(step) })

  return {
    /** First, last, lowest and highest value of every line that has any; of a single point its value. */
    curves: (curves: readonly Line[]) =>
      curves
        .flatMap((curve) => {
          const points = measured(curve)
          if (points.length === 0) return []
          const said = { name: curve.name, first: at(points[0]!), last: at(points.at(-1)!) }
          if (points.length === 1) return [t('train.chart.words.point', said)]
          const lowest = points.reduce((best, point) => (point[1] < best[1] ? point : best))
          const highest = points.reduce((best, point) => (point[1] > best[1] ? point : best))
          return [t('train.chart.words.curve', { ...said, lowest: at(lowest), highest: at(highest) })]
        })
        .join(' '),
    /** Which line ends highest; nothing where none has begun. */
    heaviestGroup: (curves: readonly Line[]) => {
      const ends = curves.flatMap((curve) => {
        const last = measured(curve).at(-1)
        return last === undefined ? [] : [{ name: curve.name, last }]
      })
      if (ends.length === 0) return ''
      const { name, last } = ends.reduce((most, end) => (end.last[1] > most.last[1] ? end : most))
      return t('train.chart.words.heaviestGroup', { name, at: at(last) })
    },
    /** Which behaviour weighs most and which least; nothing where there is none. */
    heaviestClass: ({ classes }: Pick<ClassWeights, 'classes'>) => {
      const [first] = classes
      if (first === undefined) return ''
      const most = classes.reduce((best, each) => (each.weight > best.weight ? each : best), first)
      const least = classes.reduce((best, each) => (each.weight < best.weight ? each : best), first)
      const said = ({ name, group, weight }: typeof first) =>
        t('train.chart.words.class', {
          name: plainText(name),
          group: t(`common.groups.${group}`),
          weight: format.rough(weight),
        })
      return t('train.chart.words.heaviestClass', { most: said(most), least: said(least) })
    },
  }
}
