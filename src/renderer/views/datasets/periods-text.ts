import { useI18n } from 'vue-i18n'
import type { Timeline } from '../../../shared/datasets.ts'
import { useFormat } from '../../composables/format.ts'

/** Says in words where the periods of a dataset begin, on the clock that its time axis shows. */
export function usePeriodsText(): (timeline: Pick<Timeline, 'periods'>) => string {
  const { t } = useI18n()
  const format = useFormat()
  return ({ periods }) => {
    if (periods === null) return t('datasets.timeline.order')
    const { valid, test, overlap } = periods
    const begin = t('datasets.timeline.begin', { valid: format.logTime(valid), test: format.logTime(test) })
    return overlap ? `${begin} ${t('datasets.timeline.overlap')}` : begin
  }
}
