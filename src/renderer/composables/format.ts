import { useI18n } from 'vue-i18n'
import type common from '../locales/en/common.ts'
import { perLanguage } from '../per-language.ts'

const numbers = (options: Intl.NumberFormatOptions) => perLanguage((locale) => new Intl.NumberFormat(locale, options))
type PerLanguage = ReturnType<typeof numbers>
const whole = numbers({ maximumFractionDigits: 0 })
const two = numbers({ minimumFractionDigits: 2, maximumFractionDigits: 2 })
const threeDecimals = { minimumFractionDigits: 3, maximumFractionDigits: 3 }
// No sign where the rounded number is 0.
const three = numbers({ ...threeDecimals, signDisplay: 'negative' })
const significant = numbers({ maximumSignificantDigits: 3 })
const allSignificant = numbers({ minimumSignificantDigits: 3, maximumSignificantDigits: 3 })
const shortShare = numbers({ style: 'percent', maximumFractionDigits: 1 })
const tick = numbers({ maximumSignificantDigits: 12 })
const share = numbers({ style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 })

const probabilities = [3, 2, 1].map((digits) =>
  numbers({ style: 'percent', minimumSignificantDigits: digits, maximumSignificantDigits: digits }),
) as [PerLanguage, PerLanguage, PerLanguage]
/** Smaller probabilities are only said to be below it. */
const leastProbability = 1e-6

/** A share that is not zero is never written as zero: it has a digit that says how rare it is, or is said to be below the least that has one. */
function shareText(value: number, usual: PerLanguage, locale: string): string {
  const rare = probabilities[2](locale)
  const size = Math.abs(value)
  if (value === 0 || size >= 0.0005) return usual(locale).format(value)
  return size < leastProbability ? `<${rare.format(leastProbability)}` : withMinus(rare.format(value))
}

/** Decimals of a difference and of the bounds of its interval: so many at most. */
const mostDecimals = 6
const fixed: readonly { plain: PerLanguage; signed: PerLanguage }[] = Array.from(
  { length: mostDecimals + 1 },
  (_, decimals) => {
    const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
    return {
      plain: numbers({ ...digits, signDisplay: 'negative' }),
      signed: numbers({ ...digits, signDisplay: 'exceptZero' }),
    }
  },
)

/** Decimals with which a value keeps two significant digits, at least `least` of them. */
const decimalsOf = (value: number, least: number): number =>
  value === 0 ? least : Math.min(mostDecimals, Math.max(least, 1 - Math.floor(Math.log10(Math.abs(value)))))

/** Decimals that a difference and its 95 % interval need: where the interval leaves out zero, its nearer bound is not zero as it is written; where it does not, its farther bound is not. Three at least. */
export function decimalsOfDifference([low, high]: readonly [number, number]): number {
  const bounds = [Math.abs(low), Math.abs(high)]
  const deciding = low > 0 || high < 0 ? Math.min(...bounds) : Math.max(...bounds)
  if (deciding === 0) return 3
  let decimals = 3
  while (decimals < mostDecimals && deciding < 0.5 * 10 ** -decimals) decimals += 1
  return decimals
}

/** Hours to 24 in every language, as logs and the axes of charts count them. */
const dateAndTime = { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' } as const
const local = perLanguage((locale) => new Intl.DateTimeFormat(locale, { ...dateAndTime, timeZone: 'UTC' }))
const localDate = perLanguage((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }))
const here = perLanguage((locale) => new Intl.DateTimeFormat(locale, dateAndTime))

const weekday = perLanguage((locale) => new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' }))

/** As wide as a digit, unlike the hyphen that the browser writes. */
const withMinus = (text: string) => text.replace('-', '−')

const asUtc = (value: number | string) => new Date(typeof value === 'number' ? value : `${value.replace(/Z$/, '')}Z`)

const units = ['B', 'kB', 'MB', 'GB', 'TB']
const absent = '–'

/** What `common.counted` has words for. */
type Counted = keyof typeof common.counted

/** Numbers and times as the reader's language and region write them. */
export function useFormat() {
  const { locale, t } = useI18n()

  return {
    /** 12,345 */
    count: (value: number | null | undefined) =>
      value == null ? absent : withMinus(whole(locale.value).format(value)),
    /** 1 event, 12,345 events: a number with what is counted, for texts that say several. */
    counted: (value: number, of: Counted) =>
      t(`common.counted.${of}`, { count: withMinus(whole(locale.value).format(value)) }, value),
    /** .302 with three digits; for metrics between 0 and 1 and losses. */
    figure: (value: number | null | undefined) =>
      value == null ? absent : withMinus(three(locale.value).format(value)),
    /** A surprise or an entropy, in nats. */
    nats: (value: number | null | undefined) => (value == null ? absent : two(locale.value).format(value)),
    /** A difference of figures: +.012, or with as many decimals as it needs. */
    signed: (value: number, decimals = 3) => withMinus(fixed[decimals]!.signed(locale.value).format(value)),
    /** A bound of a difference's interval, beside it. */
    bound: (value: number, decimals = 3) => withMinus(fixed[decimals]!.plain(locale.value).format(value)),
    /** Three significant digits. */
    rough: (value: number | null | undefined) => (value == null ? absent : significant(locale.value).format(value)),
    percent: (value: number | null | undefined) => (value == null ? absent : shareText(value, share, locale.value)),
    /** A share that a person has chosen, or that is marked on an axis, with no more digits than it has: 80%. */
    shortPercent: (value: number) => shareText(value, shortShare, locale.value),
    /** A mark on an axis, with all its digits. */
    tick: (value: number) => withMinus(tick(locale.value).format(value)),
    /** A model's probability: with thousands of behaviours most are far below a percent, and differ in digits that a fixed number of decimals hides. */
    probability: (value: number | null | undefined) => {
      if (value == null) return absent
      const [three, two, one] = probabilities
      if (value === 0) return one(locale.value).format(0)
      if (value < leastProbability) return `<${one(locale.value).format(leastProbability)}`
      return (value < 1e-4 ? two : three)(locale.value).format(value)
    },
    /** What lies between two probabilities in percentage points: with two significant digits, so that a change is seen that the percentages do not show. */
    points: (now: number, before: number) => {
      const change = 100 * (now - before)
      return withMinus(fixed[decimalsOf(change, 1)]!.signed(locale.value).format(change))
    },
    bytes: (value: number | null | undefined) => {
      if (value == null) return absent
      const power = value < 1000 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), units.length - 1)
      return `${(power === 0 ? significant : allSignificant)(locale.value).format(value / 1000 ** power)} ${units[power]}`
    },
    /** A wall-clock time of the log (milliseconds, read as UTC; or ISO without a zone): shown as it stands there. */
    logTime: (value: number | string | null | undefined) =>
      value == null ? absent : local(locale.value).format(asUtc(value)),
    /** Its day. */
    logDate: (value: number | string | null | undefined) =>
      value == null ? absent : localDate(locale.value).format(asUtc(value)),
    /** Its short name; 0 is Monday, as 1970-01-05 was. */
    weekday: (index: number) => weekday(locale.value).format((4 + index) * 86_400_000),
    /** An instant (ISO-8601 with a zone) in the reader's own zone: when a job ran, when a run was made. */
    instant: (value: string | null | undefined) =>
      value == null ? absent : here(locale.value).format(new Date(value)),
    /** Seconds as a person says them. */
    duration: (seconds: number | null | undefined) => {
      if (seconds == null || !Number.isFinite(seconds)) return absent
      if (seconds < 1) return t('common.duration.less')
      const rounded = Math.round(seconds)
      const minutes = Math.floor(rounded / 60)
      if (minutes < 1) return t('common.duration.seconds', { seconds: rounded })
      const hours = Math.floor(minutes / 60)
      if (hours < 1) return t('common.duration.minutes', { minutes, seconds: rounded % 60 })
      return t('common.duration.hours', { hours, minutes: minutes % 60 })
    },
  }
}
