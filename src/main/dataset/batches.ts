import { strict as assert } from 'node:assert'
import { Random } from './random.ts'
import { fillBatch, type LocationDropout, RowList } from './rows.ts'
import type { Batch, Dataset, Split } from './types.ts'
import { userEvents } from './user-events.ts'

/** Batches that can be made one by one in any order: a plan of rows is in memory (32 bytes each), a batch is made when asked for. */
export interface BatchSequence extends Iterable<Batch> {
  readonly count: number
  /** Targets in all batches; for evaluation, those unseen in training among them. */
  readonly targets: number
  /** Share of all positions that have a target: the rest is padding or context. */
  readonly fillRate: number
  /** Makes one batch; the same every time. */
  at(index: number): Batch
  /** The batches from `index` on, such as where an interrupted run stopped. */
  from(index: number): IterableIterator<Batch>
}

export interface TrainingBatchOptions {
  /** B, rows per batch. */
  batch: number
  /** T, the longest history that the model sees. */
  length: number
  /** From 0. */
  epoch: number
  seed: number
  /** Share of the input locations replaced by 0. */
  locationDropout?: number
  /** With what the extra heads of a model need. */
  heads?: boolean
  /** Lengths that a batch may have, so that short histories need no padding to `length`; only `length` when absent. */
  lengths?: readonly number[]
}

/**
 * One epoch of training: every training target exactly once. A user's targets are cut into windows of up to T where a random phase says, so that other cuts are
 * seen in every epoch; a last, shorter window is filled up with the events before it as context, and a history shorter than T is one right-padded row. Rows are shuffled.
 * A pure function of dataset and options. Priors count the training period only, since that is all that lies before a training window.
 */
export function trainingBatches(dataset: Dataset, options: TrainingBatchOptions): BatchSequence {
  const { batch, length, epoch, seed, locationDropout = 0, heads, lengths = [length] } = options
  const random = new Random(seed, epoch)
  const rows = planTraining(dataset, length, random)
  const order = Uint32Array.from({ length: rows.length }, (_, index) => index)
  random.shuffle(order)
  const groups = groupByLength(rows, order, batch, withLongest(lengths, length))
  const groupOrder = Uint32Array.from(groups.keys())
  random.shuffle(groupOrder)
  const shuffled = Array.from(groupOrder, (index) => groups[index])
  const dropout = (index: number) => ({ share: locationDropout, random: new Random(seed, epoch, index + 1) })
  return new PlannedBatches(dataset, rows, shuffled, { batch, heads, dropout })
}

/** A part of T as slack, so that even a history of a whole number of windows is cut elsewhere in every epoch. */
const slackShare = 0.25

function planTraining(dataset: Dataset, length: number, random: Random): RowList {
  const events = userEvents(dataset)
  const rows = new RowList()
  for (let user = 0; user < events.users; user++) {
    const { first, end } = events.targets(user, 'train')
    const targets = end - first
    if (targets <= 0) continue
    if (targets <= length) {
      rows.push({ user, start: first - 1, firstTarget: first, end })
      continue
    }
    const windows = Math.ceil(targets / length + slackShare)
    // The first window is shorter by the phase; what is left over for the last one is between 1 and T.
    const slack = Math.min(windows * length - targets, length - 1)
    const phase = random.integer(slack + 1)
    for (let from = first, to = first + length - phase; from < end; from = to, to = from + length) {
      const windowEnd = Math.min(to, end)
      const start = Math.max(first - 1, Math.min(from - 1, windowEnd - 1 - length))
      rows.push({ user, start, firstTarget: from, end: windowEnd })
    }
  }
  return rows
}

export interface EvaluationBatchOptions {
  batch: number
  /** T, the longest history that the model sees; at least 2. */
  length: number
  /** With what the extra heads of a model need. */
  heads?: boolean
  /** Lengths that a batch may have; T, T/2, T/4 ... when absent, since inference takes batches of any length. */
  lengths?: readonly number[]
}

/**
 * Every target of a split exactly once, user after user within each length. Each is predicted from at least T/2 events before it, or all that there are; events of
 * earlier periods serve as history. Where a row begins depends on nothing after its first target, so no prediction can depend on later events.
 * Targets whose behaviour is unseen in training are in `event` with target V and are not counted.
 */
export function evaluationBatches(dataset: Dataset, split: Split, options: EvaluationBatchOptions): BatchSequence {
  const { batch, length, heads, lengths = halvings(length) } = options
  const rows = planEvaluation(dataset, split, length)
  const order = Uint32Array.from({ length: rows.length }, (_, index) => index)
  return new PlannedBatches(dataset, rows, groupByLength(rows, order, batch, withLongest(lengths, length)), {
    batch,
    heads,
  })
}

function planEvaluation(dataset: Dataset, split: Split, length: number): RowList {
  assert.ok(length >= 2, 'a window of one event has no history to spare')
  const events = userEvents(dataset)
  const rows = new RowList()
  const history = Math.ceil(length / 2)
  for (let user = 0; user < events.users; user++) {
    const { first, end } = events.targets(user, split)
    for (let from = first; from < end; ) {
      const start = Math.max(events.start(user), from - history)
      const to = Math.min(end, start + length + 1)
      rows.push({ user, start, firstTarget: from, end: to })
      from = to
    }
  }
  return rows
}

function halvings(length: number): number[] {
  const lengths = [length]
  while (lengths[lengths.length - 1] > 8) lengths.push(Math.ceil(lengths[lengths.length - 1] / 2))
  return lengths
}

function withLongest(lengths: readonly number[], longest: number): number[] {
  const ascending = [...new Set([...lengths, longest])].sort((a, b) => a - b)
  assert.equal(ascending.at(-1), longest, 'no batch may be longer than the window')
  return ascending
}

/** The rows of one batch, all of them no longer than `length`. */
interface RowGroup {
  length: number
  rows: Uint32Array
}

/** Gives each row the shortest length that holds it, and cuts each length's rows into batches in the given order. */
function groupByLength(rows: RowList, order: Uint32Array, batch: number, lengths: readonly number[]): RowGroup[] {
  const byLength = lengths.map((length) => ({ length, rows: [] as number[] }))
  for (const index of order) {
    const { start, end } = rows.at(index)
    byLength.find(({ length }) => end - 1 - start <= length)!.rows.push(index)
  }
  const groups: RowGroup[] = []
  for (const { length, rows: members } of byLength) {
    for (let from = 0; from < members.length; from += batch) {
      groups.push({ length, rows: Uint32Array.from(members.slice(from, from + batch)) })
    }
  }
  return groups
}

interface PlannedOptions {
  readonly batch: number
  readonly heads?: boolean
  /** By the index of a batch. */
  readonly dropout?: (index: number) => LocationDropout
}

class PlannedBatches implements BatchSequence {
  readonly targets: number
  readonly fillRate: number
  readonly #dataset: Dataset
  readonly #rows: RowList
  readonly #groups: readonly RowGroup[]
  readonly #options: PlannedOptions

  constructor(dataset: Dataset, rows: RowList, groups: readonly RowGroup[], options: PlannedOptions) {
    const { batch } = options
    this.#dataset = dataset
    this.#rows = rows
    this.#groups = groups
    this.#options = options
    let targets = 0
    for (let index = 0; index < rows.length; index++) targets += rows.at(index).end - rows.at(index).firstTarget
    const positions = groups.reduce((sum, group) => sum + batch * group.length, 0)
    this.targets = targets
    this.fillRate = positions === 0 ? 0 : targets / positions
  }

  get count(): number {
    return this.#groups.length
  }

  at(index: number): Batch {
    const group = this.#groups[index]
    assert.ok(group !== undefined, `batch ${index} of ${this.count}`)
    const rows = Array.from(group.rows, (row) => this.#rows.at(row))
    const { batch: size, heads, dropout } = this.#options
    return fillBatch(this.#dataset, rows, { size, length: group.length, heads }, dropout?.(index))
  }

  *from(index: number): IterableIterator<Batch> {
    for (let next = index; next < this.count; next++) yield this.at(next)
  }

  [Symbol.iterator](): IterableIterator<Batch> {
    return this.from(0)
  }
}
