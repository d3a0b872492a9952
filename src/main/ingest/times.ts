import type { TimeFormat } from '../../shared/logs.ts'
import { type Phrase, phrase } from '../../shared/phrase.ts'
import type { TimeZone } from './time-zone.ts'

/** Years that a log can hold; anything else is a mistake of the writer (year 1, 9999, 1970-epoch mix-ups in the far future). */
export const firstYear = 1900
export const lastYear = 2200
const firstInstant = Date.UTC(firstYear, 0, 1)
const endInstant = Date.UTC(lastYear + 1, 0, 1)
const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const minute = 60_000
/** Of a clock that shows what no clock does. */
const beyondDay = -2
const zero = 48
/** What may stand between the parts of a date: - . / */
const isBetweenParts = (byte: number) => byte >= 45 && byte <= 47
const isDigit = (byte: number) => byte >= 48 && byte <= 57

const empty = phrase`empty`
const wrongIso = phrase`not a time such as 2024-05-31T18:30:00`
const wrongDates = {
  'year-first': phrase`not a time such as 2024/05/31 18:30:00`,
  'day-first': phrase`not a time such as 31.05.2024 18:30:00`,
  'month-first': phrase`not a time such as 05/31/2024 18:30:00`,
}
const wrongEpoch = phrase`not a number of seconds or milliseconds since 1970`
const wrongYear = phrase`the year is outside ${String(firstYear)} to ${String(lastYear)}`
const noDate = phrase`there is no such date`
const noTimeOfDay = phrase`there is no such time of day: hours go to 23, minutes and seconds to 59`

/** Days from 1970-01-01 to a date of the Gregorian calendar. */
function daysSince1970(year: number, month: number, dayOfMonth: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - 400 * era
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + dayOfMonth - 1
  return 146_097 * era + 365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

/**
 * Reads times straight from bytes. After a `read` without a reason, `instant` (milliseconds since 1970 UTC) and `offset` (minutes east of UTC of the local
 * wall clock) hold the time.
 *
 * A time with a zone, and an epoch, is shown in the zone of the log. A time without a zone is local already: in UTC, the default, it is kept as if UTC; in another zone
 * its instant is computed, and one that the clock skipped does not exist.
 */
export class TimeReader {
  instant = 0
  offset = 0
  /** How many times so far had a zone of their own. */
  zoned = 0
  readonly #format: TimeFormat
  readonly #zone: TimeZone
  readonly #isEpoch: boolean
  /** What is said of a text that is no time of the format. */
  readonly #wrong: Phrase
  #position = 0

  constructor(format: TimeFormat, zone: TimeZone) {
    this.#format = format
    this.#zone = zone
    this.#isEpoch = format === 'epoch-seconds' || format === 'epoch-milliseconds'
    this.#wrong = format in wrongDates ? wrongDates[format as keyof typeof wrongDates] : wrongIso
  }

  /** @returns why this is not a time, if it is none. */
  read(bytes: Uint8Array, start: number, end: number): Phrase | undefined {
    let first = start
    let last = end
    while (first < last && bytes[first] === 32) first++
    while (last > first && bytes[last - 1] === 32) last--
    if (first === last) return empty
    if (this.#format === 'iso') return this.#readIso(bytes, first, last)
    if (this.#isEpoch) return this.#readEpoch(bytes, first, last)
    return this.#readDate(bytes, first, last)
  }

  #readEpoch(bytes: Uint8Array, start: number, end: number): Phrase | undefined {
    let position = start
    const negative = bytes[position] === 45
    if (negative) position++
    let whole = 0
    let fraction = 0
    let scale = 1
    const digits = position
    while (position < end && isDigit(bytes[position])) whole = 10 * whole + bytes[position++] - zero
    if (position === digits) return wrongEpoch
    if (bytes[position] === 46 && position < end) {
      position++
      for (; position < end && isDigit(bytes[position]); position++) {
        scale /= 10
        fraction += scale * (bytes[position] - zero)
      }
    }
    if (position !== end) return wrongEpoch
    const value = negative ? -(whole + fraction) : whole + fraction
    // Half a microsecond, so that .123 is not 122.99999 ms.
    return this.#setInstant(Math.floor((this.#format === 'epoch-seconds' ? 1000 * value : value) + 0.0005))
  }

  #setInstant(instant: number): Phrase | undefined {
    if (!(instant >= firstInstant && instant < endInstant)) return wrongYear
    this.instant = instant
    this.offset = this.#zone.offsetAt(instant)
    return undefined
  }

  /** Two digits at `#position`, or -1. */
  #two(bytes: Uint8Array, end: number): number {
    const position = this.#position
    if (position + 2 > end || !isDigit(bytes[position]) || !isDigit(bytes[position + 1])) return -1
    this.#position = position + 2
    return 10 * (bytes[position] - zero) + bytes[position + 1] - zero
  }

  #oneOrTwo(bytes: Uint8Array, end: number): number {
    const two = this.#two(bytes, end)
    if (two >= 0) return two
    if (this.#position >= end || !isDigit(bytes[this.#position])) return -1
    return bytes[this.#position++] - zero
  }

  #four(bytes: Uint8Array, end: number): number {
    const first = this.#two(bytes, end)
    const last = this.#two(bytes, end)
    return first < 0 || last < 0 ? -1 : 100 * first + last
  }

  #skip(bytes: Uint8Array, end: number, byte: number): boolean {
    if (this.#position >= end || bytes[this.#position] !== byte) return false
    this.#position++
    return true
  }

  #readIso(bytes: Uint8Array, start: number, end: number): Phrase | undefined {
    this.#position = start
    const century = this.#two(bytes, end)
    const yearOfCentury = this.#two(bytes, end)
    if (century < 0 || yearOfCentury < 0 || !this.#skip(bytes, end, 45)) return wrongIso
    const month = this.#two(bytes, end)
    if (!this.#skip(bytes, end, 45)) return wrongIso
    const dayOfMonth = this.#two(bytes, end)
    if (month < 0 || dayOfMonth < 0) return wrongIso
    return this.#readTimeOf(100 * century + yearOfCentury, month, dayOfMonth, bytes, end)
  }

  /** A date whose parts have one or two digits but for the year, in the order of the format and with one sign between them. */
  #readDate(bytes: Uint8Array, start: number, end: number): Phrase | undefined {
    this.#position = start
    const isYearFirst = this.#format === 'year-first'
    const first = isYearFirst ? this.#four(bytes, end) : this.#oneOrTwo(bytes, end)
    const between = bytes[this.#position]
    if (first < 0 || !isBetweenParts(between) || !this.#skip(bytes, end, between)) return this.#wrong
    const second = this.#oneOrTwo(bytes, end)
    if (second < 0 || !this.#skip(bytes, end, between)) return this.#wrong
    const third = isYearFirst ? this.#oneOrTwo(bytes, end) : this.#four(bytes, end)
    if (third < 0) return this.#wrong
    if (isYearFirst) return this.#readTimeOf(first, second, third, bytes, end)
    const [month, dayOfMonth] = this.#format === 'day-first' ? [second, first] : [first, second]
    return this.#readTimeOf(third, month, dayOfMonth, bytes, end)
  }

  /** The time of day after a date, if there is one. */
  #readTimeOf(year: number, month: number, dayOfMonth: number, bytes: Uint8Array, end: number): Phrase | undefined {
    if (month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > daysOfMonth[month - 1]) return noDate
    if (month === 2 && dayOfMonth === 29 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))) return noDate
    const clock = this.#position === end ? 0 : this.#readClock(bytes, end)
    if (clock < 0) return clock === beyondDay ? noTimeOfDay : this.#wrong
    if (year < firstYear || year > lastYear) return wrongYear
    const local = 86_400_000 * daysSince1970(year, month, dayOfMonth) + clock
    return this.#position === end ? this.#setLocal(local) : this.#setZoned(local, bytes, end)
  }

  /** Milliseconds into the day, -1 for what is none, or `beyondDay`. */
  #readClock(bytes: Uint8Array, end: number): number {
    const separator = bytes[this.#position++]
    if (separator !== 84 && separator !== 116 && separator !== 32) return -1
    const hour = this.#format === 'iso' ? this.#two(bytes, end) : this.#oneOrTwo(bytes, end)
    if (hour < 0 || !this.#skip(bytes, end, 58)) return -1
    const minutes = this.#two(bytes, end)
    if (minutes < 0) return -1
    if (hour > 23 || minutes > 59) return beyondDay
    let milliseconds = 0
    if (this.#skip(bytes, end, 58)) {
      const seconds = this.#two(bytes, end)
      if (seconds < 0) return -1
      if (seconds > 59) return beyondDay
      milliseconds = 1000 * seconds
      if (this.#skip(bytes, end, 46) || this.#skip(bytes, end, 44)) {
        const first = this.#position
        let weight = 100
        for (; this.#position < end && isDigit(bytes[this.#position]); this.#position++) {
          milliseconds += Math.floor(weight) * (bytes[this.#position] - zero)
          weight /= 10
        }
        if (this.#position === first) return -1
      }
    }
    return hour * 3_600_000 + minutes * minute + milliseconds
  }

  #setLocal(local: number): Phrase | undefined {
    const offset = this.#zone.offsetOfLocal(local)
    if (offset === undefined) return phrase`the clock of ${this.#zone.name} skipped this time`
    this.instant = local - offset * minute
    this.offset = offset
    return undefined
  }

  /** Z, +02, +0200 or +02:00, with or without a space before it. */
  #setZoned(local: number, bytes: Uint8Array, end: number): Phrase | undefined {
    this.#skip(bytes, end, 32)
    let offset = 0
    if (!this.#skip(bytes, end, 90) && !this.#skip(bytes, end, 122)) {
      const sign = this.#skip(bytes, end, 43) ? 1 : this.#skip(bytes, end, 45) ? -1 : 0
      const hours = this.#two(bytes, end)
      if (sign === 0 || hours < 0 || hours > 18) return this.#wrong
      this.#skip(bytes, end, 58)
      const minutes = this.#position === end ? 0 : this.#two(bytes, end)
      if (minutes < 0 || minutes > 59) return this.#wrong
      offset = sign * (60 * hours + minutes)
    }
    if (this.#position !== end) return this.#wrong
    this.zoned++
    return this.#setInstant(local - offset * minute)
  }
}
