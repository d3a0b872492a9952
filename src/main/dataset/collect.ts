import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { DatasetConfiguration } from '../../shared/configuration.ts'
import { throwIfCancelled } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import { checkedEvents } from '../storage/event-checksum.ts'
import { countEvents, type EventFilter, type EventRow, readEventBatches } from '../storage/events.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import { parseLocalTime } from './calendar.ts'
import type { Exclusions } from './exclusions.ts'
import { NumberList, SpillColumn } from './spill.ts'

/** The events that a dataset keeps, in spilled columns with the log's own ids, user after user in order of time. */
export class CollectedEvents {
  /** UTC milliseconds: the order of events and the split. */
  readonly instant: SpillColumn<Float64Array>
  /** Local wall-clock milliseconds: slots and weekdays. */
  readonly local: SpillColumn<Float64Array>
  readonly behaviour: SpillColumn<Int32Array>
  readonly location: SpillColumn<Int32Array>
  /** The log's id of each user, and where the user's events end. */
  readonly users = new NumberList()
  readonly userEnds = new NumberList()
  firstInstant = Number.POSITIVE_INFINITY
  lastInstant = Number.NEGATIVE_INFINITY
  duplicates = 0
  droppedUsers = 0
  droppedEvents = 0
  /** Left out by reviews. */
  excludedEvents = 0

  constructor(directory: string) {
    this.instant = SpillColumn.float64(join(directory, 'instant'))
    this.local = SpillColumn.float64(join(directory, 'local'))
    this.behaviour = SpillColumn.int32(join(directory, 'behaviour'))
    this.location = SpillColumn.int32(join(directory, 'location'))
  }

  get length(): number {
    return this.instant.length
  }

  push(instant: number, local: number, behaviour: number, location: number): void {
    this.instant.push(instant)
    this.local.push(local)
    this.behaviour.push(behaviour)
    this.location.push(location)
  }

  shorten(length: number): void {
    for (const column of [this.instant, this.local, this.behaviour, this.location]) column.shorten(length)
  }

  [Symbol.dispose](): void {
    for (const column of [this.instant, this.local, this.behaviour, this.location]) column[Symbol.dispose]()
  }
}

/** The part of a configuration that the log itself can filter by. @throws WorkbenchError `usage` for a time that is not local ISO. */
export function eventFilter(configuration: DatasetConfiguration): EventFilter {
  return {
    sources: configuration.sources,
    from: configuration.from === undefined ? undefined : parseLocalTime(configuration.from, phrase`from`),
    until: configuration.until === undefined ? undefined : parseLocalTime(configuration.until, phrase`until`),
  }
}

/** Events in the order of user and instant, and how many they are at most. */
export interface EventReading {
  readonly total: number
  readonly batches: Iterable<readonly EventRow[]>
}

/** Everything that the configuration's filters let through. */
function readAll({ database }: ReadWorkspace, configuration: DatasetConfiguration): EventReading {
  const filter = eventFilter(configuration)
  const batches = readEventBatches(database, filter)
  // What a time filter leaves out is not read, so it cannot be added up.
  const isWhole = filter.from === undefined && filter.until === undefined
  return {
    total: countEvents(database, filter),
    batches: isWhole ? checkedEvents(database, filter.sources, batches) : batches,
  }
}

/**
 * Reads the log once: filters, leaves out what reviews exclude, drops repetitions across sources and users with too few events. Memory does not grow with the events.
 * @param reading the events, where they are not all of the configuration's
 */
export async function collectEvents(
  workspace: ReadWorkspace,
  configuration: DatasetConfiguration,
  exclusions: Exclusions,
  events: CollectedEvents,
  context: JobContext,
  { total, batches }: EventReading = readAll(workspace, configuration),
): Promise<void> {
  const collector = new Collector(events, configuration.minimumEvents)
  let done = 0
  for (const batch of batches) {
    for (const row of batch) {
      if (exclusions.has(row)) events.excludedEvents++
      else collector.add(row)
    }
    done += batch.length
    context.report({ stage: phrase`reading events`, done, total, unit: 'events' })
    await setImmediate()
    throwIfCancelled(context.signal)
  }
  collector.endUser()
}

/** Decides event by event what is kept. Needs them in the order of user and instant. */
class Collector {
  readonly #events: CollectedEvents
  readonly #minimumEvents: number
  #user = -1
  #userStart = 0
  #userFirst = 0
  #instant = Number.NaN
  /** What the current user did where at the current instant. */
  #atInstant = new Set<string>()
  #firstAtInstant: EventRow | undefined

  constructor(events: CollectedEvents, minimumEvents: number) {
    this.#events = events
    this.#minimumEvents = minimumEvents
  }

  add(row: EventRow): void {
    const [user, local, behaviour, location, instant] = row
    if (user !== this.#user) {
      this.endUser()
      this.#user = user
      this.#userStart = this.#events.length
      this.#userFirst = instant
      this.#instant = Number.NaN
    }
    if (this.#repeats(row)) {
      this.#events.duplicates++
      return
    }
    this.#events.push(instant, local, behaviour, location)
  }

  endUser(): void {
    if (this.#user === -1) return
    const count = this.#events.length - this.#userStart
    if (count < this.#minimumEvents) {
      this.#events.shorten(this.#userStart)
      this.#events.droppedUsers++
      this.#events.droppedEvents += count
      return
    }
    this.#events.users.push(this.#user)
    this.#events.userEnds.push(this.#events.length)
    this.#events.firstInstant = Math.min(this.#events.firstInstant, this.#userFirst)
    this.#events.lastInstant = Math.max(this.#events.lastInstant, this.#instant)
  }

  /** Whether the user did the same at the same place and instant already. The set is only made for instants with several events. */
  #repeats(row: EventRow): boolean {
    const [, , behaviour, location, instant] = row
    if (instant !== this.#instant) {
      this.#instant = instant
      this.#firstAtInstant = row
      this.#atInstant.clear()
      return false
    }
    if (this.#firstAtInstant !== undefined) {
      this.#atInstant.add(`${this.#firstAtInstant[2]} ${this.#firstAtInstant[3]}`)
      this.#firstAtInstant = undefined
    }
    const key = `${behaviour} ${location}`
    if (this.#atInstant.has(key)) return true
    this.#atInstant.add(key)
    return false
  }
}
