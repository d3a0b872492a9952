import assert from 'node:assert'
import { gapBucket, gapBuckets } from '../../shared/gaps.ts'
import { habitDecays, habitHorizon, recallRecent } from '../../shared/habit.ts'
import type { UnknownName } from '../../shared/prediction.ts'
import { slotOf, weekdayOf } from '../dataset/calendar.ts'
import type { Batch, Dataset } from '../dataset/types.ts'

/** An event by name, before the dataset's preprocessing. */
export interface NamedEvent {
  behaviour: string
  /** Empty where none is given. */
  location: string
  /** Milliseconds since 1970, local wall-clock time read as UTC. */
  time: number
}

/** What the model is given of one user's history: the last events in order, and what came before as counts. */
export interface HistoryWindow {
  /** Class ids, V for unknown, oldest first: [I]. */
  readonly behaviour: Int32Array
  /** Location ids, 0 for none, unknown or rare: [I]. */
  readonly location: Int32Array
  /** Local wall-clock milliseconds: [I]. */
  readonly time: Float64Array
  /** How often each known behaviour was done before the window, by class id. */
  readonly priorCounts: ReadonlyMap<number, number>
  /** Class ids, V for unknown, of the last events before the window, as far back as the habit memories reach, oldest first. */
  readonly recent: Int32Array
  /** Events of the whole history. */
  readonly events: number
}

/** What names mean to a dataset: its taxonomy, vocabulary and folded locations. */
export interface Encoder {
  /** V. */
  readonly behaviours: number
  /** Class id of a behaviour's original name, V when it was never seen in training. */
  behaviour(name: string): number
  /** Id of a location, 0 for the empty name and for one that is rare in training or was never seen there. */
  location(name: string): number
}

/** The encoder of a dataset. */
export function createEncoder(
  dataset: Pick<Dataset, 'behaviours' | 'locations'> & { configuration: { taxonomy: Record<string, string> } },
): Encoder {
  const classes = new Map(dataset.behaviours.map((name, index) => [name, index]))
  const places = new Map(dataset.locations.map((name, index) => [name, index]))
  const taxonomy = new Map(Object.entries(dataset.configuration.taxonomy))
  const unknown = dataset.behaviours.length
  return {
    behaviours: unknown,
    behaviour: (name) => classes.get(taxonomy.get(name) ?? name) ?? unknown,
    location: (name) => (name === '' ? 0 : (places.get(name) ?? 0)),
  }
}

/** Gathers one history event by event and keeps no more of it than the model reads. */
export class WindowBuilder {
  readonly #behaviours: number
  readonly #length: number
  /** Longer than the window, for the decaying memories of what came before it. */
  readonly #behaviour: Ring<Int32Array>
  readonly #location: Ring<Int32Array>
  readonly #time: Ring<Float64Array>
  readonly #priorCounts = new Map<number, number>()
  #events = 0

  /** `behaviours` is V; `length` is T, the most events that the model reads in order. */
  constructor(behaviours: number, length: number) {
    this.#behaviours = behaviours
    this.#length = length
    this.#behaviour = new Ring(new Int32Array(length + habitHorizon))
    this.#location = new Ring(new Int32Array(length))
    this.#time = new Ring(new Float64Array(length))
  }

  /** The next event, no earlier than the one before. */
  add(behaviour: number, location: number, time: number): void {
    if (this.#events >= this.#length) this.#countPrior(this.#behaviour.at(this.#events - this.#length))
    this.#behaviour.set(this.#events, behaviour)
    this.#location.set(this.#events, location)
    this.#time.set(this.#events, time)
    this.#events++
  }

  /** The window after the events added so far; the builder is used up. */
  finish(): HistoryWindow {
    const end = this.#events
    const start = Math.max(0, end - this.#length)
    return {
      behaviour: this.#behaviour.copy(start, end),
      location: this.#location.copy(start, end),
      time: this.#time.copy(start, end),
      priorCounts: this.#priorCounts,
      recent: this.#behaviour.copy(Math.max(0, start - habitHorizon), start),
      events: end,
    }
  }

  #countPrior(behaviour: number): void {
    if (behaviour < this.#behaviours) this.#priorCounts.set(behaviour, (this.#priorCounts.get(behaviour) ?? 0) + 1)
  }
}

/** The last elements of a growing column, by their position in the whole column. */
class Ring<Column extends Int32Array | Float64Array> {
  readonly #column: Column

  constructor(column: Column) {
    this.#column = column
  }

  at(position: number): number {
    return this.#column[position % this.#column.length]
  }

  set(position: number, value: number): void {
    this.#column[position % this.#column.length] = value
  }

  /** Elements start..end-1 in memory of their own. */
  copy(start: number, end: number): Column {
    const copy = this.#column.slice(0, end - start) as Column
    for (let position = start; position < end; position++) copy[position - start] = this.at(position)
    return copy
  }
}

/** Named events in the model's numbers: class ids, location ids and times, [N] each. */
export function encodeEvents(
  encoder: Encoder,
  events: readonly NamedEvent[],
): { behaviour: Int32Array; location: Int32Array; time: Float64Array } {
  return {
    behaviour: Int32Array.from(events, ({ behaviour }) => encoder.behaviour(behaviour)),
    location: Int32Array.from(events, ({ location }) => encoder.location(location)),
    time: Float64Array.from(events, ({ time }) => time),
  }
}

/** The window of a whole history in order of time; `length` is T. */
export function encodeHistory(encoder: Encoder, length: number, events: readonly NamedEvent[]): HistoryWindow {
  const builder = new WindowBuilder(encoder.behaviours, length)
  for (const { behaviour, location, time } of events) {
    builder.add(encoder.behaviour(behaviour), encoder.location(location), time)
  }
  return builder.finish()
}

/** Names in the history that the model does not know, most frequent first. */
export function unknownNames(
  encoder: Encoder,
  events: readonly NamedEvent[],
): { behaviours: UnknownName[]; locations: UnknownName[] } {
  const behaviours = events.map(({ behaviour }) => behaviour)
  const locations = events.map(({ location }) => location)
  return {
    behaviours: tally(behaviours.filter((name) => encoder.behaviour(name) === encoder.behaviours)),
    locations: tally(locations.filter((name) => name !== '' && encoder.location(name) === 0)),
  }
}

function tally(names: readonly string[]): UnknownName[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, events]) => ({ name, events })).sort((left, right) => right.events - left.events)
}

/**
 * A batch whose last positions predict what comes after each window; right-padded to the longest. `behaviours` is V, `targetTime` the local time of
 * the events to predict (the last event's own where the model does not use it).
 */
export function batchOfWindows(
  windows: readonly HistoryWindow[],
  { behaviours, slotsPerDay, targetTime }: { behaviours: number; slotsPerDay: number; targetTime: number | undefined },
): Batch {
  const size = windows.length
  const length = Math.max(...windows.map((window) => window.behaviour.length))
  assert(length >= 1, 'a batch of empty histories')
  const cells = size * length
  const batch: Batch & { gapBefore: Int32Array } = {
    size,
    length,
    behaviour: new Int32Array(cells).fill(behaviours + 1),
    location: new Int32Array(cells),
    weekday: new Int32Array(cells),
    slot: new Int32Array(cells),
    targetWeekday: new Int32Array(cells),
    targetSlot: new Int32Array(cells),
    target: new Int32Array(cells),
    counted: new Float32Array(cells),
    priorCounts: new Float32Array(size * habitDecays.length * behaviours),
    user: new Int32Array(size).fill(-1),
    event: new Int32Array(cells).fill(-1),
    gapBefore: new Int32Array(cells),
  }
  for (const [row, window] of windows.entries()) {
    const start = row * length
    batch.behaviour.set(window.behaviour, start)
    batch.location.set(window.location, start)
    for (const [index, time] of window.time.entries()) {
      batch.weekday[start + index] = weekdayOf(time)
      batch.slot[start + index] = slotOf(time, slotsPerDay)
      batch.gapBefore[start + index] = index === 0 ? gapBuckets : gapBucket(time - window.time[index - 1])
      const next = window.time[index + 1] ?? targetTime ?? time
      batch.targetWeekday[start + index] = weekdayOf(next)
      batch.targetSlot[start + index] = slotOf(next, slotsPerDay)
    }
    const width = habitDecays.length * behaviours
    const memories = batch.priorCounts.subarray(row * width, (row + 1) * width)
    for (const [index, count] of window.priorCounts) memories[index] = count
    recallRecent(window.recent, behaviours, memories)
  }
  return batch
}
