import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { buildDataset } from '../../src/main/dataset/build.ts'
import { type OpenedDataset, openDataset } from '../../src/main/dataset/open.ts'
import { listDatasets } from '../../src/main/storage/datasets.ts'
import { acquireLock } from '../../src/main/storage/locks.ts'
import { phrase, render } from '../../src/shared/phrase.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { configure, createLogWorkspace, type LogEvent, type LogWorkspace } from '../support/log-workspace.ts'
import { arbitraryLog } from './arbitrary.ts'

let log: LogWorkspace
beforeEach(() => {
  log = createLogWorkspace()
})
afterEach(() => log[Symbol.dispose]())

const minute = 60_000
const start = Date.UTC(2025, 0, 6)

/** Events of one user, a minute apart. */
function history(user: string, behaviours: string, { from = 0, location = '' } = {}): LogEvent[] {
  return behaviours
    .split(' ')
    .map((behaviour, index) => ({ user, behaviour, location, time: start + (from + index) * minute }))
}

async function build(configuration: Parameters<typeof configure>[0] = {}): Promise<OpenedDataset> {
  const { id } = await buildDataset(log.workspace, configure(configuration), silentContext)
  return openDataset(log.workspace, id, { verify: true })
}

const refused = (code: string) => expect.objectContaining({ name: 'WorkbenchError', code })
const byName = (dataset: OpenedDataset) =>
  Array.from(dataset.columns.behaviour, (id, event) => dataset.behaviours[id] ?? `?${dataset.unseenBehaviour(event)}`)

describe('vocabulary', () => {
  test('holds the training period only, most frequent first, equals by name', async () => {
    log.addSource('log', history('u', 'b b a c c x y a b d'))
    const dataset = await build({ split: { kind: 'time', train: 0.7, valid: 0.1, test: 0.2 } })
    expect(dataset.behaviours).toEqual(
      ['b', 'a', 'c', 'x', 'y'].sort((p, q) => count(p) - count(q) || (p < q ? -1 : 1)),
    )
    expect(Array.from(dataset.trainingCounts)).toEqual([2, 2, 1, 1, 1])
    expect(byName(dataset)).toEqual(['b', 'b', 'a', 'c', 'c', 'x', 'y', 'a', 'b', '?d'])
    expect(dataset.columns.behaviour[9]).toBe(dataset.behaviours.length)
    expect(dataset.manifest.counts).toMatchObject({ unseenBehaviours: 1, unseenTargets: { valid: 0, test: 1 } })

    function count(name: string) {
      return -'b b a c c x y'.split(' ').filter((other) => other === name).length
    }
  })

  test('merges and renames by a taxonomy, and says which rules name nothing', async () => {
    log.addSource('log', history('u', 'a1 a2 b a1 b c'))
    const warnings: string[] = []
    const configuration = configure({ taxonomy: { a1: 'a', a2: 'a', c: 'b', gone: 'z' } })
    const { id } = await buildDataset(log.workspace, configuration, {
      ...silentContext,
      warn: (message) => warnings.push(render(message)),
    })
    expect(byName(openDataset(log.workspace, id))).toEqual(['a', 'a', 'b', 'a', 'b', 'b'])
    expect(warnings).toEqual([expect.stringContaining('gone')])
  })

  test('folds places that are rare in training, whatever comes later', async () => {
    log.addSource('log', [
      ...history('u', 'a a a a a a', { location: 'often' }),
      ...history('u', 'a', { from: 6, location: 'rare' }),
      ...history('u', 'a', { from: 7 }),
      ...history('u', 'a a a a a a', { from: 8, location: 'rare' }),
    ])
    const dataset = await build({
      minimumLocationEvents: 2,
      split: { kind: 'time', train: 0.6, valid: 0.2, test: 0.2 },
    })
    expect(dataset.locations).toEqual(['', 'often'])
    expect(Array.from(dataset.columns.location)).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    expect(dataset.manifest.counts).toMatchObject({ foldedLocations: 1, foldedLocationEvents: 7, locations: 1 })
  })
})

describe('filters', () => {
  test('by source, time and length of the history, and count what they leave out', async () => {
    log.addSource('one', [...history('u', 'a b a b a'), ...history('brief', 'a')])
    log.addSource('two', history('v', 'z z z z z'))
    const dataset = await build({
      sources: ['one'],
      from: '2025-01-06T00:01',
      until: '2025-01-06T00:05:00',
      minimumEvents: 2,
    })
    expect(dataset.users).toEqual(['u'])
    expect(byName(dataset)).toEqual(['b', 'a', 'b', 'a'])
    const whole = await build({ name: 'whole', sources: ['one'] })
    expect(whole.manifest.counts).toMatchObject({ users: 1, droppedUsers: 1, droppedEvents: 1 })
  })

  test('drop what another source has already, among ties too, and keep different events of one instant in order', async () => {
    const tied = (behaviour: string): LogEvent => ({ user: 'u', time: start, behaviour })
    log.addSource('one', [tied('a'), tied('b'), tied('c'), ...history('u', 'd e f', { from: 1 })])
    log.addSource('two', [tied('c'), tied('a'), tied('g'), ...history('u', 'd x', { from: 1 })])
    const dataset = await build({ split: { kind: 'leave-one-out' } })
    expect(byName(dataset)).toEqual(['a', 'b', 'c', 'g', 'd', 'e', '?x', '?f'])
    expect(dataset.manifest.counts.duplicates).toBe(3)
  })

  test('that leave nothing are refused', async () => {
    await expect(build()).rejects.toThrow(refused('input'))
    log.addSource('log', history('u', 'a b'))
    await expect(build({ minimumEvents: 3 })).rejects.toThrow(
      /No user has 3 events: the only one has 2, and was left out/,
    )
    await expect(build({ sources: ['nobody'] })).rejects.toThrow(refused('not-found'))
    await expect(build({ from: 'yesterday' })).rejects.toThrow(/from is "yesterday"/)
  })
})

describe('the split by time', () => {
  test('gives the periods their shares of the events and never parts a tie', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryLog({ minutes: 60 }), fc.uuid(), async (events, source) => {
        log.addSource(source, events)
        const configuration = configure({ name: source, sources: [source], minimumEvents: 1 })
        let dataset: OpenedDataset
        try {
          dataset = openDataset(log.workspace, (await buildDataset(log.workspace, configuration, silentContext)).id)
        } catch (error) {
          expect(error).toMatchObject({ code: 'input' })
          expect(String(error)).toContain('cannot be split by time')
          return
        }
        const { time, split } = dataset.columns
        const times = [0, 1, 2].map((code) => time.filter((_, event) => split[event] === code))
        expect(Math.max(...times[0])).toBeLessThan(Math.min(...times[1]))
        expect(Math.max(...times[1])).toBeLessThan(Math.min(...times[2]))
        const largestTie = Math.max(
          ...Map.groupBy(time, (at) => at)
            .values()
            .map((tie) => tie.length),
        )
        expect(Math.abs(times[0].length - 0.8 * time.length)).toBeLessThanOrEqual(largestTie + 1)
      }),
      { numRuns: 25 },
    )
  })

  test('is refused when there are not three times', async () => {
    log.addSource(
      'log',
      Array.from({ length: 9 }, (_, number) => ({ user: 'u', time: start, behaviour: `b${number}` })),
    )
    await expect(build()).rejects.toThrow(/too many events share the same time/)
    const { manifest } = await build({ split: { kind: 'leave-one-out' } })
    expect(manifest.counts.targets).toEqual({ train: 6, valid: 1, test: 1 })
  })
})

test('leave-one-out keeps the last event of each user for test and the one before for validation', async () => {
  log.addSource('log', [...history('long', 'a b c d'), ...history('two', 'a b'), ...history('one', 'a')])
  const dataset = await build({ split: { kind: 'leave-one-out' }, minimumEvents: 1 })
  expect(Array.from(dataset.columns.split)).toEqual([0, 0, 1, 2, 0, 2, 0])
  expect(dataset.manifest.counts.targets).toEqual({ train: 1, valid: 1, test: 2 })
})

test('weekday and slot are those of local time, in years before 1970 too', async () => {
  const times = ['2025-01-06T00:00:00', '2025-01-12T23:59:59', '1969-12-31T12:30:00', '0001-01-01T06:00:00']
  log.addSource(
    'log',
    times.map((text, user) => ({ user: `u${user}`, time: Date.parse(`${text}Z`), behaviour: 'a' })),
  )
  const { columns } = await build({ split: { kind: 'leave-one-out' }, minimumEvents: 1 })
  expect(Array.from(columns.weekday)).toEqual([0, 6, 2, 0])
  expect(Array.from(columns.slot)).toEqual([0, 47, 25, 12])
})

describe('repeating a build', () => {
  const events = [...history('u', 'a b a c a b a c a b'), ...history('v', 'c c b a', { location: 'home' })]

  test('gives the same bytes in another workspace', async () => {
    using other = createLogWorkspace()
    log.addSource('log', events)
    other.addSource('log', events)
    const [first, second] = await Promise.all(
      [log, other].map(({ workspace }) => buildDataset(workspace, configure(), silentContext)),
    )
    expect(second.contentHash).toBe(first.contentHash)
    for (const file of readdirSync(first.directory)) {
      expect(readFileSync(path.join(second.directory, file))).toEqual(readFileSync(path.join(first.directory, file)))
    }
  })

  test('finds the dataset that is there; another name becomes its second', async () => {
    log.addSource('log', events)
    const first = await buildDataset(log.workspace, configure(), silentContext)
    expect(first.existed).toBe(false)
    expect(await buildDataset(log.workspace, configure(), silentContext)).toEqual({ ...first, existed: true })
    await buildDataset(log.workspace, configure({ name: 'alias' }), silentContext)
    expect(listDatasets(log.workspace.database).map(({ id, names }) => ({ id, names }))).toEqual([
      { id: first.id, names: ['alias', 'test'] },
    ])
    expect(openDataset(log.workspace, 'alias')).toMatchObject({ id: first.id, name: 'alias' })
  })

  test('under a name that belongs to other content is refused and leaves nothing', async () => {
    log.addSource('log', events)
    await build()
    await expect(build({ length: 8 })).rejects.toThrow(refused('conflict'))
    log.addSource('more', history('w', 'a b c'))
    await expect(build()).rejects.toThrow(refused('conflict'))
    expect(listDatasets(log.workspace.database)).toHaveLength(1)
    expect(readdirSync(log.workspace.temporary)).toEqual([])
    expect(readdirSync(log.workspace.datasets)).toHaveLength(1)
  })
})

test('while another process imports, a build is refused', async () => {
  log.addSource('log', history('u', 'a b c d'))
  using _lock = acquireLock(log.workspace.database, 'logs', phrase`importing a.csv`)
  await expect(build()).rejects.toThrow(refused('locked'))
})

test('cancelling leaves nothing behind', async () => {
  log.addSource('log', history('u', 'a b c d e f g h i j'))
  for (let checks = 1; checks <= 3; checks++) {
    const controller = new AbortController()
    let reports = 0
    const context = {
      ...silentContext,
      signal: controller.signal,
      report: () => {
        if (++reports === checks) controller.abort()
      },
    }
    await expect(buildDataset(log.workspace, configure(), context)).rejects.toThrow(refused('cancelled'))
    expect(readdirSync(log.workspace.temporary)).toEqual([])
    expect(existsSync(log.workspace.datasets) ? readdirSync(log.workspace.datasets) : []).toEqual([])
  }
  expect((await build()).manifest.counts.events).toBe(10)
})

test('50,000 behaviours are no problem', async () => {
  const events = Array.from({ length: 56_000 }, (_, index) => ({
    user: `u${index % 100}`,
    time: start + index * 1000,
    behaviour: `behaviour ${index % 50_000}`,
  }))
  log.addSource(
    'log',
    events.sort((a, b) => (a.user < b.user ? -1 : a.user > b.user ? 1 : a.time - b.time)),
  )
  const dataset = await build({ split: { kind: 'time', train: 0.9, valid: 0.05, test: 0.05 } })
  expect(dataset.behaviours).toHaveLength(50_000)
  expect(new Set(dataset.behaviours).size).toBe(50_000)
  expect(dataset.trainingCounts[0]).toBe(2)
})
