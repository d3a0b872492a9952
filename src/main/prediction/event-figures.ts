import { throwIfCancelled } from '../../shared/errors.ts'
import { habitHorizon } from '../../shared/habit.ts'
import { scoreTarget } from '../evaluation/ranking.ts'
import type { HistoryWindow } from './history.ts'
import type { Predictor } from './predictor.ts'

/** What the model says of one event that happened; null where it says nothing: of a user's first event, and of a behaviour that it never saw. */
export interface EventFigures {
  /** -log p in nats. */
  surprise: number | null
  /** 1..V, ties count against the event. */
  rank: number | null
  /** -sum p log p of the prediction in nats; only a user's first event has none. */
  entropy: number | null
}

export const noFigures: EventFigures = { surprise: null, rank: null, entropy: null }

/** One user's whole history in the model's numbers, oldest first. */
export interface EncodedHistory {
  /** Class ids, V for unknown: [N]. */
  readonly behaviour: Int32Array
  /** Location ids, 0 for none, unknown or rare: [N]. */
  readonly location: Int32Array
  /** Local wall-clock milliseconds: [N]. */
  readonly time: Float64Array
}

/** A part of a history whose figures are wanted. */
export interface Stretch {
  /** First event, and the one after the last. */
  readonly start: number
  readonly end: number
}

/** Bytes of one batch of logits, and windows of one batch, at most. */
const logitBytes = 64 * 2 ** 20
const mostWindows = 32

/**
 * Surprise, rank and entropy of each event of the stretches, given all events before it: one list per stretch.
 * Each event is predicted from at least half of the longest history that the model reads, or all that there is; what came earlier counts as habit.
 * Windows begin at every half of that length, wherever a stretch begins, so an event has the same figures wherever they are shown.
 * @throws WorkbenchError `cancelled`, `diverged` where the model's scores are not finite.
 */
export async function figuresOfEvents(
  predictor: Predictor,
  history: EncodedHistory,
  stretches: readonly Stretch[],
  signal: AbortSignal,
): Promise<EventFigures[][]> {
  const V = predictor.encoder.behaviours
  const { length: T } = predictor.run.model
  const figures = new Map<number, EventFigures>()
  const size = Math.max(1, Math.min(mostWindows, Math.floor(logitBytes / (4 * T * V))))
  for (const rows of batchesOf(windowsOf(history, planRows(stretches, T), V), size)) {
    throwIfCancelled(signal)
    const { logits, length } = await predictor.windowLogits(rows.map(({ window }) => window))
    for (const [row, { start, targets }] of rows.entries()) {
      for (const event of targets) {
        const offset = (row * length + event - 1 - start) * V
        const own = Float64Array.from(logits.subarray(offset, offset + V))
        figures.set(event, figuresOf(own, history.behaviour[event]))
      }
    }
  }
  return stretches.map(({ start, end }) =>
    Array.from({ length: end - start }, (_, index) => figures.get(start + index) ?? noFigures),
  )
}

/** A window by its first event, and the events in it that are predicted, in order. */
interface Row {
  readonly start: number
  readonly targets: number[]
}

/** Windows of T events that start at every T/2; the first predicts all but its first event, the others their latter half. Only those that are needed, in order. */
function planRows(stretches: readonly Stretch[], T: number): Row[] {
  const step = Math.floor(T / 2)
  const events = new Set<number>()
  for (const { start, end } of stretches) {
    for (let event = Math.max(1, start); event < end; event++) events.add(event)
  }
  const rows = new Map<number, Row>()
  for (const event of [...events].sort((a, b) => a - b)) {
    const start = event < T ? 0 : step * (Math.floor((event - T) / step) + 1)
    const row = rows.get(start)
    if (row === undefined) rows.set(start, { start, targets: [event] })
    else row.targets.push(event)
  }
  return [...rows.values()]
}

/** What the model reads of each row, made when it is wanted. */
function* windowsOf(
  { behaviour, location, time }: EncodedHistory,
  rows: readonly Row[],
  V: number,
): Generator<Row & { window: HistoryWindow }> {
  const counts = new Map<number, number>()
  let counted = 0
  for (const row of rows) {
    const { start, targets } = row
    const end = targets[targets.length - 1] + 1
    for (; counted < start; counted++) {
      const id = behaviour[counted]
      if (id < V) counts.set(id, (counts.get(id) ?? 0) + 1)
    }
    const window: HistoryWindow = {
      behaviour: behaviour.slice(start, end),
      location: location.slice(start, end),
      time: time.slice(start, end),
      priorCounts: new Map(counts),
      recent: behaviour.slice(Math.max(0, start - habitHorizon), start),
      events: end,
    }
    yield { ...row, window }
  }
}

function* batchesOf<Item>(items: Iterable<Item>, size: number): Generator<Item[]> {
  let batch: Item[] = []
  for (const item of items) {
    batch.push(item)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

function figuresOf(logits: Float64Array, target: number): EventFigures {
  const { rank, logProbability } = scoreTarget(logits, target)
  const seen = target < logits.length
  return { surprise: seen ? Math.max(0, -logProbability) : null, rank: seen ? rank : null, entropy: entropyOf(logits) }
}

/** Entropy of the softmax in nats: log sum exp z - sum p z. */
export function entropyOf(logits: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY
  for (const logit of logits) if (logit > largest) largest = logit
  let sum = 0
  let weighted = 0
  for (const logit of logits) {
    const weight = Math.exp(logit - largest)
    sum += weight
    weighted += weight * (logit - largest)
  }
  return Math.max(0, Math.log(sum) - weighted / sum)
}
