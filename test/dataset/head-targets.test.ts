import { afterAll, beforeAll, expect, test } from 'vitest'
import { evaluationBatches, trainingBatches } from '../../src/main/dataset/batches.ts'
import { buildDataset } from '../../src/main/dataset/build.ts'
import { type OpenedDataset, openDataset } from '../../src/main/dataset/open.ts'
import type { Batch } from '../../src/main/dataset/types.ts'
import { gapBucket, gapBuckets } from '../../src/shared/gaps.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { configure, createLogWorkspace, type LogWorkspace } from '../support/log-workspace.ts'

const minute = 60_000

let log: LogWorkspace
let dataset: OpenedDataset
beforeAll(async () => {
  log = createLogWorkspace()
  // Users of 1 to 30 events at irregular times, some of them at the same time, at places that come and go.
  const events = Array.from({ length: 30 }, (_, user) => {
    let time = Date.UTC(2025, 0, 1, user % 24)
    return Array.from({ length: 1 + user }, (_, event) => {
      time += [0, 3, 50, 700, 5000][(user * 7 + event * 3) % 5] * minute
      return { user: `u${user}`, time, behaviour: `b${(user + event) % 4}`, location: `place ${(user * event) % 7}` }
    })
  }).flat()
  log.addSource('log', events)
  await buildDataset(log.workspace, configure({ name: 'd', length: 8, minimumLocationEvents: 30 }), silentContext)
  dataset = openDataset(log.workspace, 'd')
})
afterAll(() => log[Symbol.dispose]())

/** Checks each position of a batch against the columns; how many targets there were. */
function check({ size, length, behaviour, event, user, heads, gapBefore }: Batch): number {
  const { location, time } = dataset.columns
  let targets = 0
  for (let row = 0; row < size; row++) {
    const known = Array.from({ length }, (_, column) => event[row * length + column]).findIndex((index) => index >= 0)
    if (user[row] < 0) continue
    // The event of position i is the one before its target.
    const first = event[row * length + known] - 1 - known
    for (let column = 0; column < length; column++) {
      const cell = row * length + column
      if (behaviour[cell] === dataset.behaviours.length + 1) {
        expect([heads!.visited[cell], heads!.location[cell], heads!.gap[cell], gapBefore![cell]]).toEqual([0, 0, 0, 0])
        continue
      }
      const own = first + column
      expect(heads!.visited[cell]).toBe(location[own])
      expect(gapBefore![cell]).toBe(column === 0 ? gapBuckets : gapBucket(time[own] - time[own - 1]))
      if (event[cell] < 0) continue
      targets++
      expect(heads!.location[cell]).toBe(location[own + 1])
      expect(heads!.gap[cell]).toBe(gapBucket(time[own + 1] - time[own]))
    }
  }
  return targets
}

test('every target has its place and the gap before it, and every event where it was, also where the location dropout hides it', () => {
  expect(dataset.locations.length).toBeGreaterThan(2)
  const options = { batch: 4, length: 8, seed: 1, heads: true, locationDropout: 0.5 }
  const batches = trainingBatches(dataset, { ...options, epoch: 0 })
  expect([...batches].reduce((sum, batch) => sum + check(batch), 0)).toBe(batches.targets)
  const hidden = [...batches].flatMap(({ location, heads }) =>
    Array.from(location, (id, cell) => heads!.visited[cell] - id),
  )
  expect(hidden.some((difference) => difference !== 0)).toBe(true)
})

test('the same of every target of a split', () => {
  for (const split of ['valid', 'test'] as const) {
    const batches = evaluationBatches(dataset, split, { batch: 3, length: 8, heads: true })
    expect([...batches].reduce((sum, batch) => sum + check(batch), 0)).toBe(batches.targets)
  }
})

test('batches that were not asked for it have none of it, and are otherwise the same', () => {
  const options = { batch: 4, length: 8, epoch: 2, seed: 1, locationDropout: 0.5 }
  const plain = [...trainingBatches(dataset, options)]
  const asked = [...trainingBatches(dataset, { ...options, heads: true })]
  expect(plain.every((batch) => batch.heads === undefined && batch.gapBefore === undefined)).toBe(true)
  expect(asked.map(({ heads: _, gapBefore: __, ...batch }) => batch)).toEqual(plain)
})
