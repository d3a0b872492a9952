import { useI18n } from 'vue-i18n'
import type { ClassWeights } from '../../../shared/runs.ts'
import { type Line, measured, useCurveWords } from '../../charts/curve-words.ts'
import { plainText } from '../../charts/text.ts'
import { useFormat } from '../../composables/format.ts'

/** What the charts of weights show, in words: for whoever hears a chart instead of seeing it. */
export function useWeightWords() {
  const { t } = useI18n()
  const format = useFormat()
  const { at } = useCurveWords()

  return {
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
