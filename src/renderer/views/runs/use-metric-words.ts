import { useI18n } from 'vue-i18n'
import type { Interval } from '../../../shared/evaluation.ts'
import type { Say } from '../../composables/data-words.ts'
import { useFormat } from '../../composables/format.ts'
import { type Metric, metricAt } from './figures.ts'

/** How metrics, their intervals and what they were measured on are said. */
export function useMetricWords() {
  const { t } = useI18n()
  const format = useFormat()

  /** @param say in which language; the reader's without. */
  function name(metric: Metric | string, say: Say = t): string {
    const { key, of = {} } = typeof metric === 'string' ? metricAt(metric) : metric
    return say(`metrics.name.${key}`, {
      ...of,
      ...(of.group !== undefined && { group: say(`common.groups.${of.group}`) }),
      ...(of.view !== undefined && { view: say(`metrics.term.view.${of.view}.name`) }),
    })
  }

  return {
    name,
    interval: (between: Interval | undefined | null) =>
      between ? `[${format.figure(between[0])}, ${format.figure(between[1])}]` : '',
    /** The interval of a difference, with as many decimals as the difference itself. */
    intervalOfDifference: ([low, high]: Interval, decimals: number) =>
      `[${format.bound(low, decimals)}, ${format.bound(high, decimals)}]`,
    /** A p that is small is said to be so. */
    p: (value: number) => (value < 0.001 ? `< ${format.figure(0.001)}` : format.figure(value)),
  }
}
