import type { SourceCounts } from '../../shared/logs.ts'
import type { ActivityTally } from '../storage/activity-tally.ts'
import type { EventWriter, Tallies } from '../storage/event-writing.ts'
import type { RowBlock } from './staging.ts'

const hour = 3_600_000
const day = 24 * hour
/** 1970-01-01 was a Thursday: day 3 of a week from Monday. */
const firstWeekday = 3

/** Index 24 * weekday + hour of a local wall-clock time, weekday 0 = Monday. */
export function hourOfWeek(local: number): number {
  const hours = Math.floor(local / hour)
  return (((hours + 24 * firstWeekday) % 168) + 168) % 168
}

/** Takes sorted rows, leaves out duplicates, numbers ties, counts, and writes. */
export class EventSequence {
  readonly tallies: Tallies & { behaviours: Float64Array; locations: Float64Array; hours: Float64Array }
  duplicates = 0
  #events = 0
  #firstTime = Number.POSITIVE_INFINITY
  #lastTime = Number.NEGATIVE_INFINITY
  readonly #writer: EventWriter
  readonly #activity: ActivityTally
  #user = -1
  #instant = 0
  /** Behaviour and location of the events of this user and instant so far. */
  #behaviours: number[] = []
  #locations: number[] = []
  /** The same as a set, once there are many. */
  #seen: Set<number> | undefined

  /** @param behaviours one above the highest behaviour id; @param locations likewise. */
  constructor(writer: EventWriter, activity: ActivityTally, behaviours: number, locations: number) {
    this.#writer = writer
    this.#activity = activity
    this.tallies = {
      behaviours: new Float64Array(behaviours),
      locations: new Float64Array(locations),
      hours: new Float64Array(168),
    }
  }

  add({ count, user, instant, behaviour, location, offset }: RowBlock): void {
    for (let index = 0; index < count; index++) {
      if (user[index] !== this.#user || instant[index] !== this.#instant) this.#begin(user[index], instant[index])
      if (this.#isDuplicate(behaviour[index], location[index])) this.duplicates++
      else this.#write(behaviour[index], location[index], offset[index])
    }
  }

  #begin(user: number, instant: number): void {
    this.#user = user
    this.#instant = instant
    this.#behaviours.length = 0
    this.#locations.length = 0
    this.#seen = undefined
  }

  #isDuplicate(behaviour: number, location: number): boolean {
    const key = (index: number) => this.#behaviours[index] * 2 ** 26 + this.#locations[index]
    const ties = this.#behaviours.length
    if (ties < 16) {
      for (let tie = 0; tie < ties; tie++)
        if (this.#behaviours[tie] === behaviour && this.#locations[tie] === location) return true
      return false
    }
    this.#seen ??= new Set(this.#behaviours.map((_, index) => key(index)))
    const before = this.#seen.size
    this.#seen.add(behaviour * 2 ** 26 + location)
    return this.#seen.size === before
  }

  #write(behaviour: number, location: number, offset: number): void {
    const local = this.#instant + 60_000 * offset
    this.#writer.add(this.#user, this.#instant, this.#behaviours.length, behaviour, location, offset)
    this.#behaviours.push(behaviour)
    this.#locations.push(location)
    this.#events++
    this.tallies.behaviours[behaviour]++
    this.tallies.locations[location]++
    const hourly = hourOfWeek(local)
    this.tallies.hours[hourly]++
    this.#activity.add(behaviour, Math.floor(local / day), hourly)
    if (local < this.#firstTime) this.#firstTime = local
    if (local > this.#lastTime) this.#lastTime = local
  }

  /** Writes the rest. */
  finish(): Omit<SourceCounts, 'rows' | 'rejected'> {
    this.#writer.flush()
    this.#activity.flush()
    const empty = this.#events === 0
    return {
      events: this.#events,
      duplicates: this.duplicates,
      firstTime: empty ? null : this.#firstTime,
      lastTime: empty ? null : this.#lastTime,
    }
  }
}
