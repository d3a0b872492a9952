import { WorkbenchError } from '../../shared/errors.ts'
import { type PhraseValue, phrase } from '../../shared/phrase.ts'

/** Local wall-clock time as milliseconds since 1970, read as if it were UTC: no zones from here on. */

const millisecondsPerDay = 86_400_000
const millisecondsPerMinute = 60_000
const minutesPerDay = 1440
/** 1970-01-01 was a Thursday, day 3 of a week that starts on Monday. */
const weekdayOfEpoch = 3

/** 0 = Monday. */
export function weekdayOf(time: number): number {
  const day = Math.floor(time / millisecondsPerDay) + weekdayOfEpoch
  return ((day % 7) + 7) % 7
}

/** Which slot of the day, counted from midnight. */
export function slotOf(time: number, slotsPerDay: number): number {
  const sinceMidnight = time - Math.floor(time / millisecondsPerDay) * millisecondsPerDay
  return Math.floor(sinceMidnight / ((minutesPerDay / slotsPerDay) * millisecondsPerMinute))
}

/** `2025-03-01T07:30:15`, with milliseconds where there are any. */
export const localTimeText = (time: number): string => new Date(time).toISOString().replace(/(\.000)?Z$/, '')

const localTime = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?$/

/**
 * Milliseconds of a local ISO time: `2025-03-01`, `2025-03-01T07:30`, `2025-03-01 07:30:15.250`.
 * @param option named in the error.
 * @throws WorkbenchError `usage` when it is not one, or has a zone.
 */
export function parseLocalTime(text: string, option: PhraseValue): number {
  const match = localTime.exec(text)
  if (match !== null) {
    const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0))
    const milliseconds = Number((match[7] ?? '').padEnd(3, '0'))
    const date = new Date(0)
    date.setUTCFullYear(year, month - 1, day)
    const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
    if (isDay && hour < 24 && minute < 60 && second < 60) {
      return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds
    }
  }
  throw new WorkbenchError(
    'usage',
    phrase`${option} is "${text}", which is not a local ISO time.`,
    phrase`Write it as 2025-03-01 or 2025-03-01T07:30:00, without a zone.`,
  )
}

/** The local ISO time of milliseconds, to the second, or to the millisecond where it is not whole. */
export function formatLocalTime(time: number): string {
  return new Date(time).toISOString().replace(/(\.000)?Z$/, '')
}
