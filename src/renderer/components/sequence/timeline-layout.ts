import type { TimelineEvent } from '../../../shared/sequence.ts'
import { lowerBound, type TimelineScale } from './timeline-scale.ts'

/** The stretch that is looked at, in positions of the scale. */
export interface TimelineView {
  from: number
  until: number
}

/** Pixels of the lanes, from the top. A lane that is not there has height 0. */
export interface Lanes {
  readonly axis: number
  readonly behaviours: { readonly top: number; readonly rows: number }
  readonly places: { readonly top: number; readonly height: number }
  readonly surprise: { readonly top: number; readonly height: number }
}

export const block = { width: 26, height: 20, gap: 3 }
export const axisHeight = 22
const placesHeight = 22
const surpriseHeight = 46

/** Lanes for a canvas of this height: as many rows of behaviours as fit, at least one. */
export function lanesOf(height: number, events: readonly TimelineEvent[]): Lanes {
  const places = events.some(({ location }) => location !== null) ? placesHeight : 0
  const surprise = events.some(({ surprise: value }) => value != null) ? surpriseHeight : 0
  const room = height - axisHeight - places - surprise - 8
  const rows = Math.max(1, Math.floor(room / (block.height + block.gap)))
  const bottom = height - surprise - places
  return {
    axis: axisHeight,
    behaviours: { top: axisHeight + 6, rows },
    places: { top: bottom, height: places },
    surprise: { top: bottom + places, height: surprise },
  }
}

/** Where the blocks of events stand. */
export interface PackedRows {
  /** Row of each event, or -1 where it is one of a stack. */
  readonly rows: Int8Array
  /** Stacks in the last row by their first event: how many events each stands for. */
  readonly stacks: ReadonlyMap<number, number>
}

/** Rows of the events. Where none is free, the block of the last row becomes a stack that counts the events without one. Depends on the zoom, not on what is in view, so that nothing jumps while panning. */
export function packRows(scale: TimelineScale, pixelsPerUnit: number, rows: number): PackedRows {
  const { positions } = scale
  const assigned = new Int8Array(positions.length)
  const stacks = new Map<number, number>()
  const free = new Float64Array(rows).fill(Number.NEGATIVE_INFINITY)
  /** The event whose block is the latest one of the last row. */
  let last = -1
  for (let index = 0; index < positions.length; index++) {
    const x = positions[index]! * pixelsPerUnit
    let row = 0
    while (row < rows && free[row]! > x) row++
    if (row === rows) {
      assigned[index] = -1
      assigned[last] = -1
      stacks.set(last, (stacks.get(last) ?? 1) + 1)
      continue
    }
    assigned[index] = row
    free[row] = x + block.width + 2
    if (row === rows - 1) last = index
  }
  return { rows: assigned, stacks }
}

/** First and one past the last event in view, with a margin of one block. */
export function visibleRange(scale: TimelineScale, view: TimelineView, width: number): [number, number] {
  const margin = (block.width * (view.until - view.from)) / Math.max(1, width)
  return [lowerBound(scale.positions, view.from - margin), lowerBound(scale.positions, view.until + margin)]
}

/** When this many events share a pixel, columns of counts are drawn instead of events. */
const eventsPerPixel = 0.5

export const isDense = (visible: number, width: number) => visible > eventsPerPixel * width

export const columnWidth = 4

/** Some neighbouring events that are drawn as one column. */
export interface Column {
  readonly x: number
  readonly events: number
  /** The most frequent one; the earlier one of a tie. */
  readonly behaviour: string
}

/** Counts of the events from..until-1 in columns of `columnWidth` pixels. */
export function columns(
  events: readonly TimelineEvent[],
  scale: TimelineScale,
  view: TimelineView,
  width: number,
  [from, until]: [number, number],
): Column[] {
  const pixelsPerUnit = width / (view.until - view.from)
  const found: Column[] = []
  for (let index = from; index < until; ) {
    const column = Math.floor(((scale.positions[index]! - view.from) * pixelsPerUnit) / columnWidth)
    const end = view.from + ((column + 1) * columnWidth) / pixelsPerUnit
    const next = Math.max(index + 1, lowerBound(scale.positions, end))
    found.push({ x: column * columnWidth, events: next - index, behaviour: mostFrequent(events, index, next) })
    index = next
  }
  return found
}

function mostFrequent(events: readonly TimelineEvent[], from: number, until: number): string {
  const counts = new Map<string, number>()
  let best = events[from]!.behaviour
  let most = 0
  for (let index = from; index < until; index++) {
    const { behaviour } = events[index]!
    const count = (counts.get(behaviour) ?? 0) + 1
    counts.set(behaviour, count)
    if (count > most) {
      most = count
      best = behaviour
    }
  }
  return best
}

/** Share of a picture of this width that the block of an event takes: so much is left behind the last one. */
export const roomOfBlock = (width: number): number => (width < 4 * block.width ? 0 : (block.width + block.gap) / width)

/** Last position worth looking at in a window of this length, of which `room` is a share. */
export const endOf = ({ positions, end }: TimelineScale, length: number, room: number): number =>
  Math.max(end, (positions.at(-1) ?? end) + room * length)

/** The window that shows everything. */
export function wholeOf(scale: TimelineScale, room: number): TimelineView {
  const { positions, start, end } = scale
  return { from: start, until: Math.max(end, start + ((positions.at(-1) ?? end) - start) / (1 - room)) }
}

/** The window after zooming by `factor` (above 1: closer) around a position, kept within the scale. */
export function zoomed(
  view: TimelineView,
  scale: TimelineScale,
  factor: number,
  around: number,
  room = 0,
): TimelineView {
  const { from, until } = wholeOf(scale, room)
  const whole = until - from
  const length = Math.min(whole, Math.max(Math.min(scale.shortest, whole), (view.until - view.from) / factor))
  const share = (around - view.from) / (view.until - view.from)
  return clamped({ from: around - share * length, until: around + (1 - share) * length }, scale, room)
}

/** The window moved by some share of its length, kept within the scale. */
export function panned(view: TimelineView, scale: TimelineScale, share: number, room = 0): TimelineView {
  const shift = share * (view.until - view.from)
  return clamped({ from: view.from + shift, until: view.until + shift }, scale, room)
}

/** The window moved as little as needed to show a position with some room around it. */
export function revealing(view: TimelineView, scale: TimelineScale, position: number, room = 0): TimelineView {
  const around = 0.08 * (view.until - view.from)
  if (position < view.from + around)
    return panned(view, scale, (position - around - view.from) / (view.until - view.from), room)
  if (position > view.until - around)
    return panned(view, scale, (position + around - view.until) / (view.until - view.from), room)
  return view
}

/** A window of the same length within the scale. */
export function clamped({ from, until }: TimelineView, scale: TimelineScale, room = 0): TimelineView {
  const whole = wholeOf(scale, room)
  const length = Math.min(until - from, whole.until - whole.from)
  const first = Math.min(Math.max(from, scale.start), endOf(scale, length, room) - length)
  return { from: first, until: first + length }
}
