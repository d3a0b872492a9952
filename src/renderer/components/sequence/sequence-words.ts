import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { perLanguage } from '../../per-language.ts'
import { day, hour } from './timeline-scale.ts'

const times = (options: Intl.DateTimeFormatOptions) =>
  perLanguage((locale) => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options }))
const clock = times({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const date = times({ weekday: 'short', day: 'numeric', month: 'short' })
const dateOfYear = times({ day: 'numeric', month: 'short', year: 'numeric' })
const whole = times({
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

const oneDigit = perLanguage(
  (locale) => new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
)

/** Times and lengths as the reader's language and region write them, short enough for a picture. Times are local wall-clock milliseconds read as UTC. */
export function useSequenceWords() {
  const { locale, t } = useI18n()
  return computed(() => {
    const language = locale.value
    return {
      clock: (time: number) => clock(language).format(time),
      date: (time: number) => date(language).format(time),
      dateOfYear: (time: number) => dateOfYear(language).format(time),
      whole: (time: number) => whole(language).format(time),
      /** What the lane of surprises shows, of which the highest is so many nats. */
      surpriseLane: (most: number) => t('sequence.surpriseLane', { most: oneDigit(language).format(most) }),
      /** Two significant parts at most: 3 d 4 h, 5 h 10 min, 12 min, 40 s. */
      length: (milliseconds: number) => {
        const parts = (large: string, many: number, small: string, few: number) =>
          few === 0
            ? t(`sequence.length.${large}`, { count: many })
            : `${t(`sequence.length.${large}`, { count: many })} ${t(`sequence.length.${small}`, { count: few })}`
        const minutes = Math.floor(milliseconds / 60_000)
        if (milliseconds >= day)
          return parts('days', Math.floor(milliseconds / day), 'hours', Math.floor((milliseconds % day) / hour))
        if (milliseconds >= hour) return parts('hours', Math.floor(minutes / 60), 'minutes', minutes % 60)
        if (minutes >= 1) return t('sequence.length.minutes', { count: minutes })
        return t('sequence.length.seconds', { count: Math.round(milliseconds / 1000) })
      },
    }
  })
}
