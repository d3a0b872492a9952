import assert from 'node:assert'
import { type ExtraHead, type HeadView, headViewNames, headViews } from '../../shared/heads.ts'
import { headClasses, headTarget } from '../dataset/head-targets.ts'
import type { Batch, Dataset } from '../dataset/types.ts'
import type { HeadLogits } from '../engine/inference.ts'
import type { HeadPredictions, ScoredPredictions } from './predictions.ts'
import { scoreTarget } from './ranking.ts'

/** Collects what the extra heads say of every target of a split, batch by batch as the model computes them. Every target counts, its behaviour seen in training or not. */
export class HeadScorer {
  readonly #dataset: Dataset
  readonly #columns: { view: HeadView; columns: ScoredPredictions }[]
  readonly #rows: Float64Array[]
  #count = 0

  /** @param targets all of the split */
  constructor(dataset: Dataset, heads: readonly ExtraHead[], targets: number) {
    this.#dataset = dataset
    const views = headViewNames.filter((view) => heads.includes(headViews[view]))
    this.#columns = views.map((view) => ({
      view,
      columns: allocate(headClasses(dataset, headViews[view]) - (view === 'knownLocation' ? 1 : 0), targets, view),
    }))
    this.#rows = this.#columns.map(({ columns }) => new Float64Array(columns.classes))
  }

  add(batch: Batch, logits: HeadLogits): void {
    for (let position = 0; position < batch.event.length; position += 1) {
      const event = batch.event[position]
      if (event < 0) continue
      const user = batch.user[Math.floor(position / batch.length)]
      for (const [index, { view, columns }] of this.#columns.entries()) {
        const head = headViews[view]
        const classes = headClasses(this.#dataset, head)
        const own = logits[head]!.subarray(position * classes, (position + 1) * classes)
        const target = headTarget(this.#dataset, head, event)
        const row = this.#rows[index]
        row.set(view === 'knownLocation' ? own.subarray(1) : own)
        const known = view === 'knownLocation' ? (target === 0 ? columns.classes : target - 1) : target
        record(columns, this.#count, { user, event, target: known }, row)
      }
      this.#count += 1
    }
  }

  /** One row for each target, in the order of events. */
  predictions(): HeadPredictions {
    return Object.fromEntries(this.#columns.map(({ view, columns }) => [view, sorted(columns, this.#count)]))
  }
}

function allocate(classes: number, rows: number, view: HeadView): ScoredPredictions {
  return {
    classes,
    user: new Int32Array(rows),
    event: new Int32Array(rows),
    target: new Int32Array(rows),
    predicted: new Int32Array(rows),
    rank: new Int32Array(rows),
    logProbability: new Float32Array(rows),
    confidence: new Float32Array(rows),
    ...(view === 'gap' && { absoluteError: new Float32Array(rows) }),
  }
}

/** Writes what one row of logits says of one target. */
export function record(
  columns: ScoredPredictions,
  row: number,
  { user, event, target }: { user: number; event: number; target: number },
  logits: Float64Array,
): void {
  const scored = scoreTarget(logits, target)
  columns.user[row] = user
  columns.event[row] = event
  columns.target[row] = target
  columns.predicted[row] = scored.predicted
  columns.rank[row] = scored.rank
  columns.logProbability[row] = scored.logProbability
  columns.confidence[row] = scored.confidence
  if (columns.absoluteError !== undefined) columns.absoluteError[row] = Math.abs(medianClass(logits) - target)
}

/** The first class at which the classes up to it have half of the probability: of ordered classes, what minimises the expected absolute error. */
export function medianClass(logits: Float64Array): number {
  const largest = logits.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  const total = logits.reduce((sum, value) => sum + Math.exp(value - largest), 0)
  let below = 0
  for (let id = 0; id < logits.length; id += 1) {
    below += Math.exp(logits[id] - largest)
    if (below >= total / 2) return id
  }
  return logits.length - 1
}

function sorted(columns: ScoredPredictions, count: number): ScoredPredictions {
  assert.equal(count, columns.event.length, 'the batches of a split must hold each of its targets once')
  const order = Int32Array.from(columns.event.keys()).sort((a, b) => columns.event[a] - columns.event[b])
  const integers = (column: Int32Array) => Int32Array.from(order, (row) => column[row])
  const reals = (column: Float32Array) => Float32Array.from(order, (row) => column[row])
  return {
    classes: columns.classes,
    user: integers(columns.user),
    event: integers(columns.event),
    target: integers(columns.target),
    predicted: integers(columns.predicted),
    rank: integers(columns.rank),
    logProbability: reals(columns.logProbability),
    confidence: reals(columns.confidence),
    ...(columns.absoluteError && { absoluteError: reals(columns.absoluteError) }),
  }
}
