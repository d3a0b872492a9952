import { throwIfCancelled } from '../../shared/errors.ts'
import { habitHorizon } from '../../shared/habit.ts'
import type { JobContext } from '../../shared/progress.ts'
import { openDataset } from '../dataset/open.ts'
import { createInference, type Inference } from '../engine/inference.ts'
import { scoreTarget } from '../evaluation/ranking.ts'
import { batchOfWindows, createEncoder, type Encoder, type HistoryWindow } from '../prediction/history.ts'
import { readNames } from '../storage/dictionaries.ts'
import type { EventRow } from '../storage/events.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import { loadParameters, loadRun, type Run } from '../training/run-directory.ts'
import { loadTransitions } from '../training/transitions-file.ts'
import type { UserHistory } from './histories.ts'

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

/** A part of one user's history whose figures are wanted. */
export interface Stretch {
  start: number
  end: number
}

/** Bytes of one batch of logits, and windows of one batch. */
const logitBytes = 64 * 2 ** 20
const mostWindows = 32

/** A run that looks at sequences event by event. */
export class SequenceReader {
  readonly run: Run
  /** V: how many behaviours the model tells apart. */
  readonly behaviours: number
  readonly #slotsPerDay: number
  readonly #inference: Inference
  /** Class and location ids of the model by those of the log. */
  readonly #classes: Int32Array
  readonly #locations: Int32Array

  constructor(run: Run, encoder: Encoder, slotsPerDay: number, inference: Inference, names: LogNames) {
    this.run = run
    this.behaviours = encoder.behaviours
    this.#slotsPerDay = slotsPerDay
    this.#inference = inference
    this.#classes = encodeAll(names.behaviours, encoder.behaviour)
    this.#locations = encodeAll(names.locations, encoder.location)
  }

  /**
   * Figures of stretches of one user's history: one list per stretch. Each event is predicted from at least half of the longest history that
   * the model reads, or all that there is; what came earlier counts as habit.
   */
  async read(history: UserHistory, stretches: readonly Stretch[], context: JobContext): Promise<EventFigures[][]> {
    const figures = stretches.map(({ start, end }) => new Array<EventFigures>(end - start).fill(noFigures))
    const rows = stretches.flatMap((stretch, index) => this.#plan(stretch).map((row) => ({ ...row, stretch: index })))
    const windows = this.#windows(history, rows)
    const size = Math.max(
      1,
      Math.min(mostWindows, Math.floor(logitBytes / (4 * this.run.model.length * this.behaviours))),
    )
    for (let first = 0; first < rows.length; first += size) {
      throwIfCancelled(context.signal)
      const batch = batchOfWindows(windows.slice(first, first + size), {
        behaviours: this.behaviours,
        slotsPerDay: this.#slotsPerDay,
        targetTime: undefined,
      })
      const logits = await this.#inference.logits(batch)
      for (const [row, { start, firstTarget, end, stretch }] of rows.slice(first, first + size).entries()) {
        for (let event = firstTarget; event < end; event++) {
          const offset = (row * batch.length + event - 1 - start) * this.behaviours
          const target = this.#classes[history.events[event][2]]
          const own = Float64Array.from(logits.subarray(offset, offset + this.behaviours))
          figures[stretch][event - stretches[stretch].start] = figuresOf(own, target)
        }
      }
    }
    return figures
  }

  async dispose(): Promise<void> {
    await this.#inference.dispose()
  }

  /** Rows of up to T events whose last ones are predicted (see `evaluationBatches`). */
  #plan(stretch: Stretch): { start: number; firstTarget: number; end: number }[] {
    const { length } = this.run.model
    const rows: { start: number; firstTarget: number; end: number }[] = []
    for (let firstTarget = Math.max(1, stretch.start); firstTarget < stretch.end; ) {
      const start = Math.max(0, firstTarget - Math.ceil(length / 2))
      const end = Math.min(stretch.end, start + length)
      rows.push({ start, firstTarget, end })
      firstTarget = end
    }
    return rows
  }

  /** What the model reads of each row, whose starts never go back by more than a window. */
  #windows({ events }: UserHistory, rows: readonly { start: number; end: number }[]): HistoryWindow[] {
    const windows = new Array<HistoryWindow>(rows.length)
    const counts = new Map<number, number>()
    let counted = 0
    const inOrder = [...rows.keys()].sort((a, b) => rows[a].start - rows[b].start)
    for (const index of inOrder) {
      const { start, end } = rows[index]
      for (; counted < start; counted++) {
        const id = this.#classOf(events[counted])
        if (id < this.behaviours) counts.set(id, (counts.get(id) ?? 0) + 1)
      }
      const part = events.slice(start, end)
      windows[index] = {
        behaviour: Int32Array.from(part, this.#classOf),
        location: Int32Array.from(part, (row) => this.#locations[row[3]]),
        time: Float64Array.from(part, (row) => row[1]),
        priorCounts: new Map(counts),
        recent: Int32Array.from(events.slice(Math.max(0, start - habitHorizon), start), this.#classOf),
        events: end,
      }
    }
    return windows
  }

  #classOf = (row: EventRow): number => this.#classes[row[2]]
}

interface LogNames {
  behaviours: readonly string[]
  locations: readonly string[]
}

function encodeAll(names: readonly string[], encode: (name: string) => number): Int32Array {
  const ids = new Int32Array(names.length)
  names.forEach((name, id) => {
    ids[id] = encode(name)
  })
  return ids
}

function figuresOf(logits: Float64Array, target: number): EventFigures {
  const { rank, logProbability } = scoreTarget(logits, target)
  const seen = target < logits.length
  return { surprise: seen ? -logProbability : null, rank: seen ? rank : null, entropy: entropyOf(logits) }
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

/**
 * Opens a run to read sequences with, on the cpu: a queue is some thousand sequences, and a training may hold the other device. The caller disposes it.
 * @throws WorkbenchError `not-found` for an unknown run, checkpoint or dataset, `corrupt`.
 */
export async function openSequenceReader(
  workspace: ReadWorkspace,
  { run: idOrName, checkpoint }: { run: string; checkpoint: 'best' | 'last' },
): Promise<SequenceReader> {
  const run = loadRun(workspace, idOrName)
  const dataset = openDataset(workspace, run.dataset.id)
  const parameters = loadParameters(run, checkpoint)
  const inference = await createInference(run.model, parameters, { device: 'cpu', transitions: loadTransitions(run) })
  const names = {
    behaviours: readNames(workspace.database, 'behaviours'),
    locations: readNames(workspace.database, 'locations'),
  }
  return new SequenceReader(run, createEncoder(dataset), dataset.slotsPerDay, inference, names)
}
