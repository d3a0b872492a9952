import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'

const minute = 60_000
const day = 86_400_000
const quarter = 900_000

/** Offsets of an IANA time zone, in minutes east of UTC; seconds of offsets before standard time are rounded away. */
export class TimeZone {
  readonly name: string
  readonly isUtc: boolean
  readonly #format: Intl.DateTimeFormat
  /** Offset of a whole UTC day, or undefined inside a day that changes it: by day number. */
  readonly #days = new Map<number, number | undefined>()
  readonly #quarters = new Map<number, number>()
  #lastDay = Number.NaN
  #lastOffset = 0

  /** @throws WorkbenchError `usage` when there is no such zone. */
  constructor(name: string) {
    try {
      this.#format = new Intl.DateTimeFormat('en-US', {
        timeZone: name,
        calendar: 'gregory',
        numberingSystem: 'latn',
        hourCycle: 'h23',
        era: 'short',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      })
    } catch {
      throw new WorkbenchError(
        'usage',
        phrase`There is no time zone ${name}.`,
        phrase`Use an IANA name, such as Europe/Berlin or Asia/Jakarta.`,
      )
    }
    this.name = this.#format.resolvedOptions().timeZone
    this.isUtc = this.name === 'UTC' || this.name === 'Etc/UTC' || this.name === 'Etc/GMT'
  }

  /** Minutes east of UTC at an instant (milliseconds since 1970). */
  offsetAt(instant: number): number {
    if (this.isUtc) return 0
    const number = Math.floor(instant / day)
    if (number === this.#lastDay) return this.#lastOffset
    let offset = this.#days.get(number)
    if (offset === undefined && !this.#days.has(number)) {
      const first = this.#compute(number * day)
      offset = first === this.#compute((number + 1) * day - 1) ? first : undefined
      this.#days.set(number, offset)
    }
    if (offset === undefined) return this.#quarterOffset(instant)
    this.#lastDay = number
    this.#lastOffset = offset
    return offset
  }

  /**
   * The offset of a local wall-clock time (milliseconds, read as UTC), or undefined when the clock skipped it. Of the two instants of an hour that the clock repeats, the
   * earlier one is meant.
   */
  offsetOfLocal(local: number): number | undefined {
    if (this.isUtc) return 0
    const before = this.offsetAt(local - day)
    const after = this.offsetAt(local + day)
    const earlier = Math.max(before, after)
    if (this.offsetAt(local - earlier * minute) === earlier) return earlier
    const later = Math.min(before, after)
    return this.offsetAt(local - later * minute) === later ? later : undefined
  }

  /** Clocks change on quarters of an hour. */
  #quarterOffset(instant: number): number {
    const number = Math.floor(instant / quarter)
    let offset = this.#quarters.get(number)
    if (offset === undefined) {
      offset = this.#compute(number * quarter)
      this.#quarters.set(number, offset)
    }
    return offset
  }

  #compute(instant: number): number {
    const parts: Record<string, number> = {}
    for (const { type, value } of this.#format.formatToParts(instant)) parts[type] = Number(value)
    const local = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second)
    return Math.round((local - Math.floor(instant / 1000) * 1000) / minute)
  }
}
