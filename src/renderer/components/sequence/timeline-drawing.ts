import type { TimelineEvent } from '../../../shared/sequence.ts'
import type { palette } from '../../theme.ts'
import { type BehaviourColour, behaviourCode } from './behaviour-colour.ts'
import type { DrawingContext } from './drawing-context.ts'
import { block, columns, columnWidth, isDense, type Lanes, type TimelineView, visibleRange } from './timeline-layout.ts'
import { day, gapMilliseconds, nights, type TimelineScale, ticks } from './timeline-scale.ts'

/** Everything that a picture of a sequence depends on. */
export interface Scene {
  readonly events: readonly TimelineEvent[]
  readonly scale: TimelineScale
  readonly view: TimelineView
  readonly lanes: Lanes
  readonly rows: Int8Array
  readonly stacks: ReadonlyMap<number, number>
  readonly width: number
  readonly height: number
  readonly selected: number | null
  readonly span: readonly [number, number] | null
  readonly hovered: number | null
  readonly colours: typeof palette.value
  readonly dark: boolean
  colourOf(behaviour: string): BehaviourColour
  /** Texts of times and lengths in the reader's language. */
  readonly words: {
    clock(time: number): string
    date(time: number): string
    dateOfYear(time: number): string
    length(milliseconds: number): string
    surpriseLane(most: number): string
  }
}

/** Of every text of a picture. */
export const pictureFont = '11px system-ui, sans-serif'

/** Draws on a context whose unit is one CSS pixel. Costs as much as there are events in view, at most one column per four pixels. */
export function draw(context: DrawingContext, scene: Scene): void {
  context.clearRect(0, 0, scene.width, scene.height)
  context.font = pictureFont
  context.textBaseline = 'middle'
  const range = visibleRange(scene.scale, scene.view, scene.width)
  const dense = isDense(range[1] - range[0], scene.width)
  drawNights(context, scene)
  drawAxis(context, scene)
  drawSpan(context, scene)
  if (dense) drawColumns(context, scene, range)
  else drawEvents(context, scene, range)
  if (scene.lanes.places.height > 0) drawPlaces(context, scene, range)
  if (scene.lanes.surprise.height > 0) drawSurprise(context, scene, range)
  if (scene.selected !== null && dense) drawCursor(context, scene, scene.selected)
}

const xOf = ({ view, width }: Scene, position: number) => ((position - view.from) / (view.until - view.from)) * width

/** Left edge of an event's block; every lane marks an event at this x. */
export const eventX = (scene: Scene, index: number) => xOf(scene, scene.scale.positions[index]!)

/** Beyond this many days, nights would be stripes without meaning. */
const longestWithNights = 45 * day

/** Whether nights are shaded in this view. */
export const hasNights = ({ scale, view }: Pick<Scene, 'scale' | 'view'>) =>
  scale.toTime(view.until) - scale.toTime(view.from) <= longestWithNights

function drawNights(context: DrawingContext, scene: Scene): void {
  if (!hasNights(scene)) return
  const from = scene.scale.toTime(scene.view.from)
  const until = scene.scale.toTime(scene.view.until)
  context.fillStyle = scene.dark ? 'rgba(130, 150, 200, 0.10)' : 'rgba(40, 60, 120, 0.07)'
  for (const [start, end] of nights(from, until)) {
    const left = xOf(scene, scene.scale.toPosition(start))
    context.fillRect(left, scene.lanes.axis, xOf(scene, scene.scale.toPosition(end)) - left, scene.height)
  }
}

const labelWidth = 78
/** Beyond this stretch a day of the week says less than the year. */
const longestWithoutYear = 180 * day

function drawAxis(context: DrawingContext, scene: Scene): void {
  const { scale, view, words, colours } = scene
  const from = scale.toTime(view.from)
  const until = scale.toTime(view.until)
  const fitting = ticks(from, until, scene.width / labelWidth)
  // Steps are not hours: only the days are marked there, and each event's time stands in the picture.
  const { times } = scale.kind === 'time' || fitting.step >= day ? fitting : ticks(from, until, (until - from) / day)
  const isLong = until - from > longestWithoutYear
  context.textAlign = 'left'
  const dateOf = isLong ? words.dateOfYear : words.date
  // Where no day begins near the left edge, it is told which one it is: hours alone are of no day.
  const opening = dateOf(Math.max(from, scene.events[0]?.time ?? from))
  let free = 4 + context.measureText(opening).width + 6
  const firstDay = times.find((time) => time % day === 0)
  if (firstDay !== undefined && xOf(scene, scale.toPosition(firstDay)) < free) free = 0
  else {
    context.fillStyle = colours.text
    context.fillText(opening, 4, scene.lanes.axis / 2)
  }
  for (const time of times) {
    const x = xOf(scene, scale.toPosition(time))
    const isMidnight = time % day === 0
    context.fillStyle = isMidnight ? colours.mutedText : colours.line
    context.globalAlpha = isMidnight ? 0.55 : 0.8
    const isNamed = x + 4 >= free
    const top = isMidnight ? 0 : scene.lanes.axis - 4
    // A line does not cross the name of the one before.
    context.fillRect(Math.round(x), isNamed ? top : scene.lanes.axis, 1, scene.height)
    context.globalAlpha = 1
    if (!isNamed) continue
    const text = isMidnight ? dateOf(time) : words.clock(time)
    const end = x + 4 + context.measureText(text).width
    // Half a date could be another.
    if (end > scene.width) continue
    context.fillStyle = isMidnight ? colours.text : colours.mutedText
    context.fillText(text, x + 4, scene.lanes.axis / 2)
    free = end + 6
  }
  context.fillStyle = colours.line
  context.fillRect(0, scene.lanes.axis, scene.width, 1)
}

function drawSpan(context: DrawingContext, scene: Scene): void {
  if (scene.span === null || scene.events.length === 0) return
  const last = scene.events.length - 1
  const [from, until] = scene.span.map((index) => Math.min(Math.max(index, 0), last)) as [number, number]
  const left = eventX(scene, Math.min(from, until)) - 3
  const right = eventX(scene, Math.max(from, until)) + block.width + 3
  context.fillStyle = scene.colours.accent
  context.globalAlpha = 0.16
  context.fillRect(left, scene.lanes.axis, right - left, scene.height)
  context.globalAlpha = 1
  context.fillRect(left, scene.lanes.axis, 1.5, scene.height)
  context.fillRect(right, scene.lanes.axis, 1.5, scene.height)
}

/** Pixels from the top of the picture to a row of behaviours. */
export const rowTop = ({ lanes }: Scene, row: number) => lanes.behaviours.top + row * (block.height + block.gap)
const behavioursBottom = (scene: Scene) => rowTop(scene, scene.lanes.behaviours.rows)

function drawColumns(context: DrawingContext, scene: Scene, range: [number, number]): void {
  const { events, scale, view, width } = scene
  const found = columns(events, scale, view, width, range)
  const most = found.reduce((highest, column) => Math.max(highest, column.events), 1)
  const bottom = behavioursBottom(scene)
  const room = bottom - scene.lanes.behaviours.top
  for (const column of found) {
    // Square root: single events among hundreds can still be seen. The tooltip says how many there are.
    const height = Math.max(2, room * Math.sqrt(column.events / most))
    context.fillStyle = scene.colourOf(column.behaviour).fill
    context.fillRect(column.x, bottom - height, columnWidth - 0.5, height)
  }
}

function drawEvents(context: DrawingContext, scene: Scene, [from, until]: [number, number]): void {
  const { events, rows, scale, colours } = scene
  drawGaps(context, scene, from, until)
  for (let index = from; index < until; index++) {
    const event = events[index]!
    const x = eventX(scene, index)
    const row = rows[index]!
    if (row < 0) {
      const stacked = scene.stacks.get(index)
      if (stacked !== undefined) drawStack(context, scene, stacked, x)
      continue
    }
    const top = rowTop(scene, row)
    drawBlock(context, scene.colourOf(event.behaviour), event.behaviour, x, top)
    if (event.group) {
      context.fillStyle = colours.surface
      context.fillRect(x, top + block.height - 5, block.width, 1)
      context.fillStyle = colours.groups[event.group]
      context.fillRect(x, top + block.height - 4, block.width, 4)
    }
    if (event.marks?.length) drawMark(context, scene, x, top)
    if (index === scene.selected || index === scene.hovered) outline(context, scene, x, top, index === scene.selected)
  }
  if (scale.kind === 'order' && scene.lanes.behaviours.rows > 1) drawSteps(context, scene, from, until)
  if (scene.selected !== null && rows[scene.selected] === -1) drawCursor(context, scene, scene.selected)
}

/** A behaviour's code on its colour. */
export function drawBlock(
  context: DrawingContext,
  { fill, text }: BehaviourColour,
  behaviour: string,
  x: number,
  top: number,
): void {
  context.fillStyle = fill
  context.beginPath()
  context.roundRect(x, top, block.width, block.height, 4)
  context.fill()
  context.fillStyle = text
  context.textAlign = 'center'
  context.fillText(behaviourCode(behaviour), x + block.width / 2, top + block.height / 2 - 0.5)
}

/** So many events without blocks of their own, in the place of the first. */
function drawStack(context: DrawingContext, scene: Scene, events: number, x: number): void {
  const top = rowTop(scene, scene.lanes.behaviours.rows - 1)
  context.strokeStyle = scene.colours.mutedText
  context.lineWidth = 1
  context.beginPath()
  context.roundRect(x + 0.5, top + 0.5, block.width - 1, block.height - 1, 4)
  context.stroke()
  context.fillStyle = scene.colours.text
  context.textAlign = 'center'
  // Four characters are as wide as a block.
  context.fillText(events < 1000 ? `+${events}` : '+1k', x + block.width / 2, top + block.height / 2 - 0.5)
}

function drawMark(context: DrawingContext, { colours }: Scene, x: number, top: number): void {
  context.beginPath()
  context.arc(x + block.width - 2, top + 1, 4, 0, 2 * Math.PI)
  context.fillStyle = colours.text
  context.fill()
  context.strokeStyle = colours.surface
  context.lineWidth = 1.5
  context.stroke()
}

function outline(context: DrawingContext, scene: Scene, x: number, top: number, isSelected: boolean): void {
  context.strokeStyle = isSelected ? scene.colours.text : scene.colours.mutedText
  context.lineWidth = isSelected ? 2.5 : 1.5
  context.beginPath()
  context.roundRect(x - 2, top - 2, block.width + 4, block.height + 4, 6)
  context.stroke()
  if (!isSelected) return
  context.fillStyle = scene.colours.text
  context.beginPath()
  context.moveTo(x + block.width / 2, scene.lanes.axis + 5)
  context.lineTo(x + block.width / 2 - 4, scene.lanes.axis)
  context.lineTo(x + block.width / 2 + 4, scene.lanes.axis)
  context.fill()
}

function drawCursor(context: DrawingContext, scene: Scene, index: number): void {
  context.fillStyle = scene.colours.text
  context.fillRect(eventX(scene, index) - 1, scene.lanes.axis, 2, scene.height)
}

/** Narrower steps leave no room for names. */
const narrowest = 17
/** Pixels of a name below which nothing of it could be recognised. */
const shortestName = 40
/** Names hang down to the right at this angle. */
const slant = Math.PI / 4

/** In steps there is room below each block for the behaviour's name, and for its time. */
function drawSteps(context: DrawingContext, scene: Scene, from: number, until: number): void {
  const { rows } = scene.lanes.behaviours
  const clockTop = rowTop(scene, rows - 1) + block.height / 2
  context.textAlign = 'left'
  let free = Number.NEGATIVE_INFINITY
  for (let index = from; index < until; index++) {
    const x = eventX(scene, index)
    const row = scene.rows[index]!
    // Half a time could be another.
    if (x < Math.max(0, free) || row < 0 || row === rows - 1) continue
    const text = scene.words.clock(scene.events[index]!.time)
    context.fillStyle = scene.colours.mutedText
    context.fillText(text, x, clockTop)
    free = x + context.measureText(text).width + 6
  }
  if (scene.width / (scene.view.until - scene.view.from) < narrowest) return
  // Below the lowest block, so that no name runs into one.
  const top = rowTop(scene, Math.max(0, ...scene.rows.subarray(from, until))) + block.height + 10
  const length = (clockTop - 14 - top) / Math.sin(slant)
  if (length < shortestName) return
  for (let index = from; index < until; index++) {
    const x = eventX(scene, index) + 8
    if (x < 0) continue
    // The picture ends within the names of its last steps: a cut one says that it is cut.
    const room = Math.min(length, (scene.width - x - 4) / Math.cos(slant))
    if (room < shortestName / 2) continue
    context.save()
    context.translate(x, top)
    context.rotate(slant)
    fitText(context, scene.events[index]!.behaviour, 0, 0, room, scene.colours.text)
    context.restore()
  }
}

/** A line with its length where nothing happens for an hour or longer and there is room to say so. */
function drawGaps(context: DrawingContext, scene: Scene, from: number, until: number): void {
  const y = rowTop(scene, 0) + block.height / 2
  context.textAlign = 'center'
  for (let index = Math.max(1, from); index < Math.min(scene.events.length, until + 1); index++) {
    const length = scene.events[index]!.time - scene.events[index - 1]!.time
    if (length < gapMilliseconds) continue
    const left = Math.max(4, eventX(scene, index - 1) + block.width + 4)
    const right = Math.min(scene.width - 4, eventX(scene, index) - 4)
    const text = scene.words.length(length)
    const { width } = context.measureText(text)
    if (right - left < width + 4) continue
    // Days begin within gaps: their lines leave room for the text.
    context.clearRect((left + right - width) / 2 - 3, y - 7, width + 6, 14)
    context.fillStyle = scene.colours.mutedText
    context.fillText(text, (left + right) / 2, y)
    if (right - left < width + 24) continue
    context.fillStyle = scene.colours.line
    context.fillRect(left, y, (right - left - width) / 2 - 5, 1)
    context.fillRect((left + right + width) / 2 + 5, y, (right - left - width) / 2 - 5, 1)
  }
}

/** A stay reaches from one event to the next while neither the place changes nor a gap of a night's length comes between. */
const longestStay = day / 2

function drawPlaces(context: DrawingContext, scene: Scene, [from, until]: [number, number]): void {
  const { events, lanes, colours } = scene
  const { top, height } = lanes.places
  context.textAlign = 'left'
  for (let index = from; index < until; ) {
    const { location } = events[index]!
    let next = index + 1
    while (
      next < until &&
      events[next]!.location === location &&
      events[next]!.time - events[next - 1]!.time < longestStay
    )
      next++
    if (location !== null) {
      const left = Math.max(-10, eventX(scene, index))
      const right = Math.min(
        scene.width + 10,
        eventX(scene, next - 1) + (isDense(until - from, scene.width) ? 2 : block.width),
        next < events.length ? eventX(scene, next) : Number.POSITIVE_INFINITY,
      )
      context.fillStyle = colours.mutedText
      context.globalAlpha = 0.22
      context.beginPath()
      context.roundRect(left, top + 3, Math.max(1, right - left - 1), height - 7, 3)
      context.fill()
      context.globalAlpha = 1
      if (right - left > 30)
        fitText(context, location, Math.max(2, left) + 4, top + height / 2, right - Math.max(2, left) - 8, colours.text)
    }
    index = next
  }
}

/** As much of a text as there is room for, nothing where not even its first letter fits. */
export function fitText(
  context: DrawingContext,
  text: string,
  x: number,
  y: number,
  room: number,
  colour: string,
): void {
  // Six pixels a character, roughly: longer names are cut before they are measured.
  let shown = text.slice(0, Math.max(1, Math.floor(room / 3)))
  const isWhole = shown.length === text.length && context.measureText(text).width <= room
  while (!isWhole && shown.length > 1 && context.measureText(`${shown}…`).width > room) shown = shown.slice(0, -1)
  if (context.measureText(shown).width > room) return
  context.fillStyle = colour
  context.fillText(shown.length < text.length ? `${shown}…` : shown, x, y)
}

function drawSurprise(context: DrawingContext, scene: Scene, [from, until]: [number, number]): void {
  const { events, lanes, colours } = scene
  const { top, height } = lanes.surprise
  const most = highestSurprise(events)
  const bottom = top + height - 1
  context.fillStyle = colours.line
  context.fillRect(0, bottom, scene.width, 1)
  const width = isDense(until - from, scene.width)
    ? 1
    : Math.max(2, Math.min(block.width - 4, scene.width / (until - from) - 1))
  for (let index = from; index < until; index++) {
    const { surprise } = events[index]!
    if (surprise == null) continue
    const size = (height - 12) * Math.min(1, surprise / most)
    context.fillStyle = index === scene.selected ? colours.text : colours.accent
    context.fillRect(eventX(scene, index), bottom - size, width, Math.max(1, size))
  }
  context.fillStyle = colours.mutedText
  context.textAlign = 'left'
  context.fillText(scene.words.surpriseLane(most), 4, top + 5)
}

const highest = new WeakMap<readonly TimelineEvent[], number>()

/** The greatest surprise of a sequence in nats, at least one, so that an unsurprising sequence looks like one. */
function highestSurprise(events: readonly TimelineEvent[]): number {
  let most = highest.get(events)
  if (most === undefined) {
    most = events.reduce((greatest, { surprise }) => (surprise != null && surprise > greatest ? surprise : greatest), 1)
    highest.set(events, most)
  }
  return most
}
