import { habitHorizon } from '../../shared/habit.ts'
import type { HistoryWindow, NamedEvent } from './history.ts'
import type { Predictor } from './predictor.ts'

/** Bytes of one batch of logits, and windows of one batch, at most. */
const logitBytes = 64 * 2 ** 20
const mostWindows = 32

/** A window whose last events are predicted from what comes before them in it. */
interface Row {
  /** The window's events. */
  readonly start: number
  readonly end: number
  readonly firstTarget: number
}

/**
 * -log p in nats of each event from index `from` on, given all events before it: null for a user's first event, and for a behaviour that the
 * model does not know. Each sees at least half of the longest history that the model reads, or all that there is; what came earlier counts as habit.
 * Where windows begin does not depend on `from`, so neither does the surprise.
 */
export async function surpriseOf(
  predictor: Predictor,
  events: readonly NamedEvent[],
  from: number,
): Promise<(number | null)[]> {
  const { encoder, run } = predictor
  const classes = Int32Array.from(events, ({ behaviour }) => encoder.behaviour(behaviour))
  const V = encoder.behaviours
  const surprise = new Array<number | null>(events.length - from).fill(null)
  const rows = planRows(run.model.length, from, events.length)
  const windows = windowsOf(predictor, events, classes, rows)
  const size = Math.max(1, Math.min(mostWindows, Math.floor(logitBytes / (4 * run.model.length * V))))
  for (let first = 0; first < rows.length; first += size) {
    const { logits, length } = await predictor.windowLogits(windows.slice(first, first + size))
    for (const [row, { start, firstTarget, end }] of rows.slice(first, first + size).entries()) {
      for (let event = Math.max(firstTarget, from); event < end; event++) {
        if (classes[event] === V) continue
        const offset = (row * length + event - 1 - start) * V
        surprise[event - from] = negativeLogProbability(logits.subarray(offset, offset + V), classes[event])
      }
    }
  }
  return surprise
}

/** Windows of `length` events that start every half length; the first predicts all but its first event, the others their latter half. */
function planRows(length: number, from: number, total: number): Row[] {
  const step = Math.floor(length / 2)
  const rows: Row[] = []
  for (let start = 0; ; start += step) {
    const end = Math.min(start + length, total)
    const firstTarget = start === 0 ? 1 : start + length - step
    if (firstTarget >= total) return rows
    if (end > from) rows.push({ start, end, firstTarget })
  }
}

function windowsOf(
  { encoder }: Predictor,
  events: readonly NamedEvent[],
  classes: Int32Array,
  rows: readonly Row[],
): HistoryWindow[] {
  const counts = new Map<number, number>()
  let counted = 0
  return rows.map(({ start, end }) => {
    for (; counted < start; counted++) {
      const id = classes[counted]
      if (id < encoder.behaviours) counts.set(id, (counts.get(id) ?? 0) + 1)
    }
    return {
      behaviour: classes.slice(start, end),
      location: Int32Array.from(events.slice(start, end), ({ location }) => encoder.location(location)),
      time: Float64Array.from(events.slice(start, end), ({ time }) => time),
      priorCounts: new Map(counts),
      recent: classes.slice(Math.max(0, start - habitHorizon), start),
      events: end,
    }
  })
}

/** log sum exp z - z_target, in float64. */
function negativeLogProbability(logits: Float32Array, target: number): number {
  let largest = Number.NEGATIVE_INFINITY
  for (const logit of logits) if (logit > largest) largest = logit
  let sum = 0
  for (const logit of logits) sum += Math.exp(logit - largest)
  return Math.max(0, Math.log(sum) + largest - logits[target])
}
