import { useI18n } from 'vue-i18n'
import { useFormat } from '../composables/format.ts'
import { plainText } from './text.ts'

export type Point = readonly [step: number, value: number]

/** A curve over the steps of a training as far as words can say it. */
export interface Line {
  name: string
  points: readonly (readonly [step: number, value: number | null])[]
}

export const measured = ({ points }: Line) => points.filter((point): point is Point => point[1] !== null)

/** What curves show, in words: for whoever hears a chart instead of seeing it. */
export function useCurveWords() {
  const { t } = useI18n()
  const format = useFormat()
  const at = ([step, value]: Point) => t('common.curve.at', { value: format.rough(value), step: format.count(step) })

  return {
    /** A point of a curve. */
    at,
    /** First, last, lowest and highest value of every line that has any; of a single point its value. */
    curves: (curves: readonly Line[]) =>
      curves
        .flatMap((curve) => {
          const points = measured(curve)
          if (points.length === 0) return []
          const said = { name: plainText(curve.name), first: at(points[0]!), last: at(points.at(-1)!) }
          if (points.length === 1) return [t('common.curve.point', said)]
          const lowest = points.reduce((best, point) => (point[1] < best[1] ? point : best))
          const highest = points.reduce((best, point) => (point[1] > best[1] ? point : best))
          return [t('common.curve.whole', { ...said, lowest: at(lowest), highest: at(highest) })]
        })
        .join(' '),
  }
}
