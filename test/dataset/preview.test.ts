import { existsSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { buildDataset } from '../../src/main/dataset/build.ts'
import { readLineage } from '../../src/main/dataset/lineage.ts'
import { openDataset } from '../../src/main/dataset/open.ts'
import { previewDataset } from '../../src/main/dataset/preview.ts'
import { datasetTimeline } from '../../src/main/dataset/timeline.ts'
import type { DatasetConfigurationInput } from '../../src/shared/configuration.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { configure, createLogWorkspace, type LogEvent, type LogWorkspace } from '../support/log-workspace.ts'
import { refreshTallies } from '../support/tallies.ts'

const day = 86_400_000
const split = { kind: 'time', train: 0.575, valid: 0.2, test: 0.225 } as const

/** 600 users with 2 to 60 events over 40 days, 50 behaviours and 200 places of very different frequency. */
function* skewedLog(): Generator<LogEvent> {
  let state = 7
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const skewed = (count: number) => Math.floor(count * random() ** 4)
  for (let user = 0; user < 600; user++) {
    const events = 2 + Math.floor(58 * random())
    for (let event = 0; event < events; event++) {
      const time = Date.UTC(2025, 0, 1) + Math.floor(random() * 40) * day + Math.floor(random() * day)
      yield { user: `user ${user}`, time, behaviour: `behaviour ${skewed(50)}`, location: `place ${skewed(200)}` }
    }
  }
}

function skewedWorkspace(): LogWorkspace {
  const log = createLogWorkspace()
  log.addSource('skewed', skewedLog())
  refreshTallies(log.workspace.database)
  return log
}

const configurations: [string, Partial<DatasetConfigurationInput>][] = [
  ['the defaults', {}],
  ['a filter of users and folded places', { minimumEvents: 20, minimumLocationEvents: 30, length: 8 }],
  ['a part of the time', { from: '2025-01-10', until: '2025-01-20T12:00' }],
  ['leave-one-out', { split: { kind: 'leave-one-out' } }],
  ['a taxonomy', { taxonomy: { 'behaviour 0': 'merged', 'behaviour 1': 'merged', 'behaviour 999': 'unused' } }],
]

test.each(configurations)('a preview of %s counts exactly what the build does', async (_, changes) => {
  using log = skewedWorkspace()
  const configuration = configure(changes)
  const preview = await previewDataset(log.workspace, configuration, silentContext)
  const { id, counts } = await buildDataset(log.workspace, configuration, silentContext)
  const dataset = openDataset(log.workspace, id)
  expect(preview.counts).toEqual(counts)
  expect(preview.timeline).toEqual(datasetTimeline(dataset))
  expect(preview.sample).toBeNull()
  expect(preview.unusedRules).toEqual('taxonomy' in changes ? ['behaviour 999'] : [])
})

test('a preview of a log too long for it tells whom it read, and estimates the rest', async () => {
  using log = skewedWorkspace()
  const configuration = configure({ minimumEvents: 10, minimumLocationEvents: 20 })
  const exact = await previewDataset(log.workspace, configuration, silentContext)
  const estimate = await previewDataset(log.workspace, configuration, silentContext, 6000)
  const { sample, counts } = estimate
  expect(sample).toMatchObject({ ofUsers: 600, ofEvents: expect.any(Number) })
  expect(sample!.users).toBeLessThan(300)
  const near = (value: number, expected: number, tolerance: number) =>
    expect(Math.abs(value / expected - 1), `${value} for ${expected}`).toBeLessThan(tolerance)
  near(counts.events, exact.counts.events, 0.03)
  near(counts.users, exact.counts.users, 0.06)
  near(counts.targets.valid, exact.counts.targets.valid, 0.1)
  near(counts.sequences, exact.counts.sequences, 0.1)
  near(counts.droppedUsers, exact.counts.droppedUsers, 0.3)
  near(counts.behaviours, exact.counts.behaviours, 0.05)
  near(counts.locations, exact.counts.locations, 0.1)
  const total = (row: number[]) => row.reduce((sum, events) => sum + events, 0)
  near(total(estimate.timeline.train), exact.counts.eventsBySplit.train, 0.05)
  expect(await previewDataset(log.workspace, configuration, silentContext, 6000)).toEqual(estimate)
})

test('a preview that cannot be built says why, like the build', async () => {
  using log = skewedWorkspace()
  await expect(previewDataset(log.workspace, configure({ minimumEvents: 1000 }), silentContext)).rejects.toMatchObject({
    code: 'input',
    message: expect.stringContaining('No user has 1000 events'),
  })
})

test('a preview that is overtaken stops and leaves nothing behind', async () => {
  using log = skewedWorkspace()
  const controller = new AbortController()
  const context = { ...silentContext, signal: controller.signal }
  controller.abort()
  await expect(previewDataset(log.workspace, configure(), context)).rejects.toMatchObject({ code: 'cancelled' })
  const place = path.join(tmpdir(), 'behavegpt')
  const left = existsSync(place) ? readdirSync(place).filter((name) => name.includes(`${process.pid}`)) : []
  expect(left).toEqual([])
})

test('a dataset remembers its sources, and says when the workspace has lost one', async () => {
  using log = skewedWorkspace()
  const { database } = log.workspace
  database
    .change('INSERT INTO source_files (source, position, path, sha256, size) VALUES (1, 0, ?, ?, 12)')
    .run('/logs/skewed.csv', 'ab12')
  const { directory, id } = await buildDataset(log.workspace, configure(), silentContext)
  const { configuration } = openDataset(log.workspace, id)
  const lineage = () => readLineage(database, directory, configuration)
  const files = [{ path: '/logs/skewed.csv', sha256: 'ab12', size: 12 }]
  expect(lineage()).toMatchObject({ recorded: true, sources: [{ name: 'skewed', now: 1, files }] })
  database.change("UPDATE source_files SET sha256 = 'other'").run()
  expect(lineage()).toMatchObject({ recorded: true, sources: [{ name: 'skewed', now: null, files }] })
  rmSync(path.join(directory, 'sources.json'))
  expect(lineage()).toMatchObject({ recorded: false, sources: [{ name: 'skewed', now: 1 }] })
})

/** A user's event every six hours for 10 days from 2025-01-01T00:00 UTC, in a zone so many hours east of it. */
function* everySixHours(user: string, hoursEast: number): Generator<LogEvent> {
  for (let event = 0; event < 40; event++) {
    const time = Date.UTC(2025, 0, 1) + (event * day) / 4
    yield { user, time, behaviour: `behaviour ${event % 3}`, utcOffset: 60 * hoursEast }
  }
}

test('the periods begin on the axis at the local time of the log, where the bars change', async () => {
  using log = createLogWorkspace()
  log.addSource('Shanghai', everySixHours('u', 8))
  const { id } = await buildDataset(log.workspace, configure({ split }), silentContext)
  const dataset = openDataset(log.workspace, id)
  // Both evenings by UTC are the next day in Shanghai.
  expect(dataset.manifest.boundaries).toEqual({ valid: '2025-01-06T18:00:00', test: '2025-01-08T18:00:00' })
  const { start, train, valid, test: tested, periods } = datasetTimeline(dataset)
  expect(periods).toEqual({
    valid: Date.parse('2025-01-07T02:00Z'),
    test: Date.parse('2025-01-09T02:00Z'),
    overlap: false,
  })
  const first = (bins: number[]) => start + bins.findIndex((events) => events > 0) * day
  expect(first(train)).toBe(Date.parse('2025-01-01'))
  expect(first(valid)).toBe(Date.parse('2025-01-07'))
  expect(first(tested)).toBe(Date.parse('2025-01-09'))
})

test('periods of sources in several zones begin with the earliest local time, and are said to overlap', async () => {
  using log = createLogWorkspace()
  log.addSource('Shanghai', everySixHours('u', 8))
  log.addSource('Lima', everySixHours('v', -5))
  const { timeline } = await previewDataset(log.workspace, configure({ split }), silentContext)
  expect(timeline.periods).toEqual({
    valid: Date.parse('2025-01-06T13:00Z'),
    test: Date.parse('2025-01-08T13:00Z'),
    overlap: true,
  })
})

test('periods overlap also where only test and validation do, or test and training', () => {
  const overlapOf = (...days: [number, number, number, number]) => {
    const time = Float64Array.from(days, (each) => each * day)
    const timeline = datasetTimeline({
      columns: { time, split: Uint8Array.of(0, 1, 1, 2) },
      configuration: configure(),
    })
    return timeline.periods!.overlap
  }
  expect(overlapOf(0, 1, 2, 3)).toBe(false)
  expect(overlapOf(0, 1, 3, 2)).toBe(true)
  expect(overlapOf(2, 3, 4, 1)).toBe(true)
})

test('leave-one-out has no periods on the axis', async () => {
  using log = createLogWorkspace()
  log.addSource('Shanghai', everySixHours('u', 8))
  const preview = await previewDataset(log.workspace, configure({ split: { kind: 'leave-one-out' } }), silentContext)
  expect(preview.timeline.periods).toBeNull()
})

test('a timeline of centuries has wider bins, not more of them', () => {
  const time = Float64Array.of(-day, 0, 300 * 365 * day)
  const {
    binDays,
    start,
    train,
    test: tested,
  } = datasetTimeline({ columns: { time, split: Uint8Array.of(0, 0, 2) }, configuration: configure() })
  expect(binDays).toBe(220)
  expect(start).toBe(-day)
  expect(train.length).toBeLessThanOrEqual(500)
  expect([train[0], tested.at(-1)]).toEqual([2, 1])
})
