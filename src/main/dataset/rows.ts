import { strict as assert } from 'node:assert'
import { gapBucket, gapBuckets } from '../../shared/gaps.ts'
import { habitDecays, habitHorizon, recallRecent } from '../../shared/habit.ts'
import type { ExtraHead } from '../../shared/heads.ts'
import { headTarget } from './head-targets.ts'
import { priorCounter } from './prior-counts.ts'
import type { Random } from './random.ts'
import { NumberList } from './spill.ts'
import type { Batch, Dataset } from './types.ts'

/**
 * One row of a batch: a stretch of one user's events. Its inputs are the events start..end-2, its targets start+1..end-1, of which those from
 * `firstTarget` on count; the others are there as context.
 */
export interface Row {
  user: number
  start: number
  firstTarget: number
  end: number
}

/** Many rows, 32 bytes each. */
export class RowList {
  readonly #values = new NumberList()

  get length(): number {
    return this.#values.length / 4
  }

  push({ user, start, firstTarget, end }: Row): void {
    assert.ok(start < firstTarget && firstTarget < end)
    for (const value of [user, start, firstTarget, end]) this.#values.push(value)
  }

  at(index: number): Row {
    const [user, start, firstTarget, end] = this.#values.values.subarray(4 * index, 4 * index + 4)
    return { user, start, firstTarget, end }
  }
}

/** Share of the input locations to hide, and the random numbers that say which. */
export interface LocationDropout {
  share: number
  random: Random
}

/** Makes one batch of `size` rows of `length` positions; rows beyond those given stay empty. With `heads`, it has what the extra heads of a model need. */
export function fillBatch(
  dataset: Dataset,
  rows: readonly Row[],
  { size, length, heads = false }: { size: number; length: number; heads?: boolean },
  dropout?: LocationDropout,
): Batch {
  assert.ok(rows.length <= size, `${rows.length} rows do not fit into a batch of ${size}`)
  const classes = dataset.behaviours.length
  const positions = size * length
  const batch: Batch = {
    size,
    length,
    behaviour: new Int32Array(positions).fill(classes + 1),
    location: new Int32Array(positions),
    weekday: new Int32Array(positions),
    slot: new Int32Array(positions),
    targetWeekday: new Int32Array(positions),
    targetSlot: new Int32Array(positions),
    target: new Int32Array(positions),
    counted: new Float32Array(positions),
    priorCounts: new Float32Array(size * habitDecays.length * classes),
    user: new Int32Array(size).fill(-1),
    event: new Int32Array(positions).fill(-1),
  }
  for (const [index, row] of rows.entries()) fillRow(batch, index, row, dataset)
  const ofHeads = heads ? { heads: headTargetsOf(batch, dataset), gapBefore: gapsBefore(batch, rows, dataset) } : {}
  if (dropout !== undefined) hideLocations(batch.location, dropout)
  return { ...batch, ...ofHeads }
}

function gapsBefore({ size, length }: Batch, rows: readonly Row[], { columns: { time } }: Dataset): Int32Array {
  const gaps = new Int32Array(size * length)
  for (const [index, { start, end }] of rows.entries()) {
    gaps[index * length] = gapBuckets
    for (let event = start + 1; event < end - 1; event++) {
      gaps[index * length + event - start] = gapBucket(time[event] - time[event - 1])
    }
  }
  return gaps
}

function headTargetsOf({ location, event }: Batch, dataset: Dataset): NonNullable<Batch['heads']> {
  const targetsOf = (head: ExtraHead) =>
    Int32Array.from(event, (target) => (target < 0 ? 0 : headTarget(dataset, head, target)))
  return { visited: location.slice(), location: targetsOf('location'), gap: targetsOf('gap') }
}

function fillRow(batch: Batch, index: number, { user, start, firstTarget, end }: Row, dataset: Dataset): void {
  const { behaviour, location, weekday, slot } = dataset.columns
  const classes = dataset.behaviours.length
  const inputs = end - 1 - start
  assert.ok(inputs <= batch.length, `a row of ${inputs} events does not fit into ${batch.length} positions`)
  const offset = index * batch.length
  batch.user[index] = user
  batch.behaviour.set(behaviour.subarray(start, end - 1), offset)
  batch.location.set(location.subarray(start, end - 1), offset)
  batch.weekday.set(weekday.subarray(start, end - 1), offset)
  batch.slot.set(slot.subarray(start, end - 1), offset)
  batch.targetWeekday.set(weekday.subarray(start + 1, end), offset)
  batch.targetSlot.set(slot.subarray(start + 1, end), offset)
  for (let target = firstTarget; target < end; target++) {
    const position = offset + target - 1 - start
    batch.target[position] = behaviour[target]
    batch.counted[position] = behaviour[target] < classes ? 1 : 0
    batch.event[position] = target
  }
  const memories = batch.priorCounts.subarray(
    index * habitDecays.length * classes,
    (index + 1) * habitDecays.length * classes,
  )
  const historyStart = dataset.userOffsets[user]
  priorCounter(dataset).count(historyStart, start, memories.subarray(0, classes))
  recallRecent(behaviour.subarray(Math.max(historyStart, start - habitHorizon), start), classes, memories)
}

function hideLocations(location: Int32Array, { share, random }: LocationDropout): void {
  if (share === 0) return
  for (let position = 0; position < location.length; position++) {
    if (location[position] !== 0 && random.uniform() < share) location[position] = 0
  }
}
