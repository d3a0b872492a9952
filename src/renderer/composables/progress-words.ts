import { useI18n } from 'vue-i18n'
import type { ProgressFigure } from '../../shared/progress.ts'
import { useFormat } from './format.ts'

const counts: readonly ProgressFigure[] = ['rejected', 'duplicates', 'tokensPerSecond']
/** Of no fixed size: a learning rate can be far below what three digits after the point show. */
const magnitudes: readonly ProgressFigure[] = ['learningRate', 'gradientNorm']

/** The words and values of a job's figures in the reader's language; figures of an older version are shown by their names. */
export function useProgressWords() {
  const { t, te } = useI18n()
  const format = useFormat()
  const word = (kind: 'unit' | 'figure', name: string) => {
    const key = `jobs.progressWords.${kind}.${name}`
    return te(key) ? t(key) : name
  }
  return {
    unit: (unit: string) => word('unit', unit),
    figure: (name: string) => word('figure', name),
    /** The value of a figure as what it is: a count, a magnitude, or else a loss, a share or a weight. */
    value: (name: string, value: number | string) => {
      if (typeof value === 'string') return value
      const figure = name as ProgressFigure
      if (counts.includes(figure)) return format.count(value)
      return magnitudes.includes(figure) ? format.rough(value) : format.figure(value)
    },
  }
}
