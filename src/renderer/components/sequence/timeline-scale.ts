import type { TimelineEvent } from '../../../shared/sequence.ts'

export const hour = 3_600_000
export const day = 24 * hour

/** From here on a time without events is called a gap and labelled. */
export const gapMilliseconds = hour

/** Night is shaded from this hour to that one. */
export const nightFrom = 22
export const nightUntil = 6

/** `time`: as far apart as they happened; `order`: one step per event, with long gaps shown as wider ones. */
export const scaleKinds = ['time', 'order'] as const
export type ScaleKind = (typeof scaleKinds)[number]

/** Where events stand on the axis. A position is in milliseconds (`time`) or steps (`order`) and grows with time. */
export interface TimelineScale {
  readonly kind: ScaleKind
  /** Position of each event, ascending. */
  readonly positions: Float64Array
  /** First and last position worth looking at. */
  readonly start: number
  readonly end: number
  /** The shortest stretch that zooming leads to. */
  readonly shortest: number
  toTime(position: number): number
  toPosition(time: number): number
}

/**
 * @param events in the order of time.
 * @param extent first and last time of the axis by time, where the events are only some of those in it.
 */
export function makeScale(
  kind: ScaleKind,
  events: readonly TimelineEvent[],
  extent?: readonly [number, number],
): TimelineScale {
  return kind === 'time' ? timeScale(events, extent) : orderScale(events)
}

/** A wall clock is set back in autumn, an axis is not: such events stand where the latest one before them stands. */
function ascendingTimes(events: readonly TimelineEvent[]): Float64Array {
  let latest = Number.NEGATIVE_INFINITY
  return Float64Array.from(events, ({ time }) => {
    latest = Math.max(latest, time)
    return latest
  })
}

function timeScale(events: readonly TimelineEvent[], extent?: readonly [number, number]): TimelineScale {
  const positions = ascendingTimes(events)
  const [first, last] = extent ?? [positions[0] ?? 0, positions[positions.length - 1] ?? day]
  const margin = Math.max(hour / 2, 0.015 * (last - first))
  return {
    kind: 'time',
    positions,
    start: first - margin,
    end: last + margin,
    shortest: hour / 6,
    toTime: (position) => position,
    toPosition: (time) => time,
  }
}

/** Time that one step outside the events stands for. */
const stepMilliseconds = hour / 2

function orderScale(events: readonly TimelineEvent[]): TimelineScale {
  const times = ascendingTimes(events)
  const positions = new Float64Array(events.length)
  for (let index = 1; index < events.length; index++) {
    positions[index] = positions[index - 1]! + 1 + gapSteps(times[index]! - times[index - 1]!)
  }
  const last = events.length - 1
  /** An event has its step to itself: what comes after it, the beginning of a day say, stands beyond it. */
  const toTime = (position: number): number => {
    if (last < 0) return position * stepMilliseconds
    if (position < 0) return times[0]! + position * stepMilliseconds
    const found = lowerBound(positions, position)
    const index = positions[found] === position ? found : found - 1
    const beyond = Math.max(0, position - positions[index]! - 1)
    if (index === last) return times[last]! + beyond * stepMilliseconds
    const gap = positions[index + 1]! - positions[index]! - 1
    return gap === 0 ? times[index]! : times[index]! + (beyond / gap) * (times[index + 1]! - times[index]!)
  }
  const toPosition = (time: number): number => {
    if (last < 0) return time / stepMilliseconds
    if (time < times[0]!) return (time - times[0]!) / stepMilliseconds
    const index = lowerBound(times, time)
    if (times[index] === time) return positions[index]!
    const before = positions[index - 1]! + 1
    if (index > last) return before + (time - times[last]!) / stepMilliseconds
    return before + ((time - times[index - 1]!) / (times[index]! - times[index - 1]!)) * (positions[index]! - before)
  }
  return {
    kind: 'order',
    positions,
    start: -1,
    end: (positions[last] ?? 0) + 1,
    shortest: 4,
    toTime,
    toPosition,
  }
}

/** How many more steps a gap takes: none below half an hour, one from an hour, then half a step for each doubling, at most four. */
function gapSteps(milliseconds: number): number {
  if (milliseconds < gapMilliseconds) return 0
  return Math.min(4, 1 + 0.5 * Math.log2(milliseconds / gapMilliseconds))
}

/** Index of the first value >= `value` of an ascending array; its length when there is none. */
export function lowerBound(ascending: ArrayLike<number>, value: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Index of the value nearest to `value`; -1 of an empty array. */
export function nearest(ascending: ArrayLike<number>, value: number): number {
  const after = lowerBound(ascending, value)
  if (after === 0) return ascending.length === 0 ? -1 : 0
  if (after === ascending.length) return after - 1
  return ascending[after]! - value < value - ascending[after - 1]! ? after : after - 1
}

/** Steps between ticks, from five minutes to ten years. */
const tickSteps = [hour / 12, hour / 4, hour / 2, hour, 3 * hour, 6 * hour, 12 * hour]
const daySteps = [1, 2, 7, 14, 28, 91, 182, 365, 730, 1826, 3652].map((days) => days * day)

/** The times to mark between two instants: at most `count`, on round local times. */
export function ticks(from: number, until: number, count: number): { times: number[]; step: number } {
  const wanted = (until - from) / Math.max(1, count)
  const step = [...tickSteps, ...daySteps].find((candidate) => candidate >= wanted) ?? daySteps[daySteps.length - 1]!
  const times: number[] = []
  // Weeks begin on Mondays: 1970-01-05 was one.
  const origin = step % (7 * day) === 0 ? 4 * day : 0
  for (let time = origin + Math.ceil((from - origin) / step) * step; time <= until; time += step) times.push(time)
  return { times, step }
}

/** Nights that touch a stretch of time. */
export function nights(from: number, until: number): [number, number][] {
  const found: [number, number][] = []
  for (let midnight = Math.floor(from / day) * day; midnight <= until + day; midnight += day) {
    const night: [number, number] = [midnight - (24 - nightFrom) * hour, midnight + nightUntil * hour]
    if (night[1] > from && night[0] < until) found.push(night)
  }
  return found
}
