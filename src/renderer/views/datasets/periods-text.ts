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

/** Says in words how many events each period has, and when there are most. */
export function useEventsText(): (timeline: Omit<Timeline, 'periods'>) => string {
  const { t } = useI18n()
  const format = useFormat()
  return ({ start, binDays, ...events }) => {
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
    const bins = events.train.map((count, bin) => count + events.valid[bin]! + events.test[bin]!)
    const most = bins.indexOf(Math.max(...bins))
    const peak = {
      day: format.logDate(start + most * binDays * 86_400_000),
      events: format.count(bins[most]),
      days: binDays,
    }
    return [
      ...(['train', 'valid', 'test'] as const).map((period) =>
        t('datasets.timeline.events', {
          split: t(`datasets.split.${period}`),
          events: format.counted(sum(events[period]), 'events'),
        }),
      ),
      ...(most < 0 ? [] : [t(binDays === 1 ? 'datasets.timeline.most' : 'datasets.timeline.mostFrom', peak)]),
    ].join(' ')
  }
}
