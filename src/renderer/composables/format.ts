import { computed } from 'vue'
import { useI18n } from 'vue-i18n'

/** Hours to 24 in every language, as logs and the axes of charts count them. */
const dateAndTime = { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' } as const

/** Numbers and times as the reader's language writes them. */
export function useFormat() {
  const { locale, t } = useI18n()
  const number = (options: Intl.NumberFormatOptions) => computed(() => new Intl.NumberFormat(locale.value, options))
  const whole = number({ maximumFractionDigits: 0 })
  const threeDecimals = { minimumFractionDigits: 3, maximumFractionDigits: 3 }
  // No sign where the rounded number is 0.
  const three = number({ ...threeDecimals, signDisplay: 'negative' })
  const difference = number({ ...threeDecimals, signDisplay: 'exceptZero' })
  const significant = number({ maximumSignificantDigits: 3 })
  const share = number({ style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 })
  const local = computed(() => new Intl.DateTimeFormat(locale.value, { ...dateAndTime, timeZone: 'UTC' }))
  const here = computed(() => new Intl.DateTimeFormat(locale.value, dateAndTime))
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const absent = '–'

  return {
    /** 12,345 */
    count: (value: number | null | undefined) => (value == null ? absent : whole.value.format(value)),
    /** .302 with three digits; for metrics between 0 and 1 and losses. */
    figure: (value: number | null | undefined) => (value == null ? absent : three.value.format(value)),
    /** The same of a difference: +.012. */
    signed: (value: number) => difference.value.format(value).replace('-', '−'),
    /** Three significant digits. */
    rough: (value: number | null | undefined) => (value == null ? absent : significant.value.format(value)),
    percent: (value: number | null | undefined) => (value == null ? absent : share.value.format(value)),
    bytes: (value: number | null | undefined) => {
      if (value == null) return absent
      const power = value < 1000 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), units.length - 1)
      return `${significant.value.format(value / 1000 ** power)} ${units[power]}`
    },
    /** A wall-clock time of the log (milliseconds, read as UTC; or ISO without a zone): shown as it stands there. */
    logTime: (value: number | string | null | undefined) => {
      if (value == null) return absent
      return local.value.format(typeof value === 'number' ? value : new Date(`${value.replace(/Z$/, '')}Z`))
    },
    /** An instant (ISO-8601 with a zone) in the reader's own zone: when a job ran, when a run was made. */
    instant: (value: string | null | undefined) => (value == null ? absent : here.value.format(new Date(value))),
    /** Seconds as a person says them. */
    duration: (seconds: number | null | undefined) => {
      if (seconds == null || !Number.isFinite(seconds)) return absent
      if (seconds < 1) return t('common.duration.less')
      const minutes = Math.floor(seconds / 60)
      if (minutes < 1) return t('common.duration.seconds', { seconds: Math.round(seconds) })
      const hours = Math.floor(minutes / 60)
      if (hours < 1) return t('common.duration.minutes', { minutes, seconds: Math.round(seconds % 60) })
      return t('common.duration.hours', { hours, minutes: minutes % 60 })
    },
  }
}
