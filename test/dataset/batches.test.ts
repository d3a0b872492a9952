import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BatchSequence, evaluationBatches, trainingBatches } from '../../src/main/dataset/batches.ts'
import { buildDataset } from '../../src/main/dataset/build.ts'
import { type OpenedDataset, openDataset } from '../../src/main/dataset/open.ts'
import { type Batch, type Dataset, type Split, splitCode } from '../../src/main/dataset/types.ts'
import { habitDecays } from '../../src/shared/habit.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { configure, createLogWorkspace, type LogEvent, type LogWorkspace } from '../support/log-workspace.ts'
import { arbitraryDataset, memoryDataset } from './memory-dataset.ts'

let log: LogWorkspace
beforeAll(() => {
  log = createLogWorkspace()
})
afterAll(() => log[Symbol.dispose]())

let sources = 0
async function build(events: LogEvent[], configuration: Parameters<typeof configure>[0] = {}): Promise<OpenedDataset> {
  const source = `source ${++sources}`
  log.addSource(source, events)
  const complete = configure({ minimumEvents: 1, ...configuration, name: source, sources: [source] })
  return openDataset(log.workspace, (await buildDataset(log.workspace, complete, silentContext)).id)
}

function userOf(dataset: Dataset, event: number): number {
  return dataset.userOffsets.findIndex((offset) => offset > event) - 1
}

/** All events that are targets of a split, worked out directly. */
function targetsOf(dataset: Dataset, split: Split): number[] {
  const isFirst = new Set(dataset.userOffsets)
  return [...dataset.columns.split.keys()].filter(
    (event) => dataset.columns.split[event] === splitCode[split] && !isFirst.has(event),
  )
}

function eventsIn(batches: Iterable<Batch>): number[] {
  return [...batches].flatMap((batch) => Array.from(batch.event).filter((event) => event !== -1))
}

const ascending = (values: number[]) => values.sort((a, b) => a - b)

/** The row that a batch should hold, looked up in the dataset event by event. `known` is the batch's own row, for what it may choose: where it starts and what it counts. */
function expectedRow(dataset: Dataset, known: { start: number; inputs: number; firstTarget: number }, length: number) {
  const { columns, behaviours } = dataset
  const V = behaviours.length
  const positions = Array.from({ length }, (_, position) => known.start + position)
  const isInput = (event: number) => event < known.start + known.inputs
  const predicted = (event: number) => isInput(event) && event + 1 >= known.firstTarget
  return {
    behaviour: positions.map((event) => (isInput(event) ? columns.behaviour[event] : V + 1)),
    location: positions.map((event) => (isInput(event) ? columns.location[event] : 0)),
    weekday: positions.map((event) => (isInput(event) ? columns.weekday[event] : 0)),
    slot: positions.map((event) => (isInput(event) ? columns.slot[event] : 0)),
    targetWeekday: positions.map((event) => (isInput(event) ? columns.weekday[event + 1] : 0)),
    targetSlot: positions.map((event) => (isInput(event) ? columns.slot[event + 1] : 0)),
    target: positions.map((event) => (predicted(event) ? columns.behaviour[event + 1] : 0)),
    counted: positions.map((event) => (predicted(event) && columns.behaviour[event + 1] < V ? 1 : 0)),
    event: positions.map((event) => (predicted(event) ? event + 1 : -1)),
  }
}

const rowColumns = [
  'behaviour',
  'location',
  'weekday',
  'slot',
  'targetWeekday',
  'targetSlot',
  'target',
  'counted',
  'event',
] as const

/** Every row holds one user's consecutive events, what is counted is a stretch at its end, and the memories are those of the history before the row. */
function checkBatch(dataset: Dataset, batch: Batch): void {
  const V = dataset.behaviours.length
  for (let row = 0; row < batch.size; row++) {
    const part = (column: Int32Array | Float32Array, width: number) =>
      Array.from(column.subarray(row * width, (row + 1) * width))
    const behaviour = part(batch.behaviour, batch.length)
    const inputs = behaviour.filter((id) => id !== V + 1).length
    const events = part(batch.event, batch.length)
    const anchor = events.findIndex((event) => event !== -1)
    if (anchor === -1) {
      expect([batch.user[row], inputs]).toEqual([-1, 0])
      continue
    }
    const firstTarget = events[anchor]
    const start = firstTarget - 1 - anchor
    const actual = Object.fromEntries(rowColumns.map((name) => [name, part(batch[name], batch.length)]))
    expect(actual).toEqual(expectedRow(dataset, { start, inputs, firstTarget }, batch.length))
    const user = userOf(dataset, start)
    expect(batch.user[row]).toBe(user)
    expect(start + inputs).toBeLessThan(dataset.userOffsets[user + 1])
    const memories = part(batch.priorCounts, habitDecays.length * V)
    const expected = expectedMemories(dataset.columns.behaviour.subarray(dataset.userOffsets[user], start), V)
    memories.forEach((weight, index) => {
      if (Math.abs(weight - expected[index]) > 1e-4) expect(memories).toEqual(expected)
    })
  }
}

/** What the user's history before a row leaves in each memory, event by event: [K, V]. */
function expectedMemories(before: Int32Array, classes: number): number[] {
  return habitDecays.flatMap((decay) => {
    const memory = new Array<number>(classes).fill(0)
    before.forEach((behaviour, index) => {
      if (behaviour < classes) memory[behaviour] += decay ** (before.length - 1 - index)
    })
    return memory
  })
}

function checkSums(sequence: BatchSequence): void {
  const batches = [...sequence]
  expect(batches).toHaveLength(sequence.count)
  expect(eventsIn(batches)).toHaveLength(sequence.targets)
  const positions = batches.reduce((sum, batch) => sum + batch.size * batch.length, 0)
  expect(sequence.fillRate).toBeCloseTo(positions === 0 ? 0 : sequence.targets / positions, 12)
}

const lengths = [2, 3, 8, 16]

describe('every target of a split comes exactly once', () => {
  test('in an epoch of training, whatever the cuts', () => {
    fc.assert(
      fc.property(arbitraryDataset(), fc.constantFrom(...lengths), fc.nat(3), (dataset, length, epoch) => {
        for (const shorter of [[], [1, 4]]) {
          const allowed = [...shorter.filter((candidate) => candidate < length), length]
          const sequence = trainingBatches(dataset, { batch: 3, length, epoch, seed: 7, lengths: allowed })
          expect(ascending(eventsIn(sequence))).toEqual(targetsOf(dataset, 'train'))
          checkSums(sequence)
          for (const batch of sequence) checkBatch(dataset, batch)
        }
      }),
    )
  })

  test('in evaluation, each with half a window of history or all there is', () => {
    fc.assert(
      fc.property(
        arbitraryDataset(),
        fc.constantFrom(...lengths),
        fc.constantFrom('train' as const, 'valid' as const, 'test' as const),
        (dataset, length, split) => {
          const sequence = evaluationBatches(dataset, split, { batch: 3, length })
          expect(ascending(eventsIn(sequence))).toEqual(targetsOf(dataset, split))
          checkSums(sequence)
          for (const batch of sequence) {
            checkBatch(dataset, batch)
            batch.event.forEach((event, index) => {
              if (event === -1) return
              const available = event - dataset.userOffsets[userOf(dataset, event)]
              expect((index % batch.length) + 1).toBeGreaterThanOrEqual(Math.min(available, length / 2))
            })
          }
        },
      ),
    )
  })
})

const minute = 60_000
function histories(count: number, events: number): LogEvent[] {
  return Array.from({ length: count * events }, (_, index) => {
    const user = Math.floor(index / events)
    return {
      user: `u${user}`,
      time: Date.UTC(2025, 0, 1) + (index % events) * minute,
      behaviour: `b${(index * 7919 + user) % 11}`,
      location: `l${index % 3}`,
    }
  })
}

describe('training batches', () => {
  const options = { batch: 4, length: 8, epoch: 3, seed: 5, locationDropout: 0.5 }
  let dataset: OpenedDataset
  beforeAll(async () => {
    dataset = await build(histories(9, 50))
  })

  test('depend on seed and epoch alone, and start anywhere without replaying', () => {
    const all = [...trainingBatches(dataset, options)]
    const again = trainingBatches(dataset, options)
    expect([...again.from(5)]).toEqual(all.slice(5))
    expect(again.at(2)).toEqual(all[2])
    expect(trainingBatches(dataset, { ...options, epoch: 4 }).at(0)).not.toEqual(all[0])
    expect(trainingBatches(dataset, { ...options, seed: 6 }).at(0)).not.toEqual(all[0])
  })

  test('cut histories elsewhere in every epoch', () => {
    const firstTargets = [0, 1, 2, 3, 4, 5].map((epoch) =>
      [...trainingBatches(dataset, { ...options, epoch })].flatMap((batch) =>
        Array.from({ length: batch.size }, (_, row) => batch.event[row * batch.length]),
      ),
    )
    expect(new Set(firstTargets.map((events) => String(ascending(events)))).size).toBe(6)
  })

  test('hide about the asked share of the places, and only places', () => {
    const visible = [...trainingBatches(dataset, { ...options, locationDropout: 0 })]
    const hidden = [...trainingBatches(dataset, options)]
    let places = 0
    let kept = 0
    visible.forEach((batch, index) => {
      expect({ ...hidden[index], location: batch.location }).toEqual(batch)
      batch.location.forEach((location, position) => {
        if (location === 0) return
        places++
        if (hidden[index].location[position] !== 0) kept++
      })
    })
    expect(kept / places).toBeGreaterThan(0.4)
    expect(kept / places).toBeLessThan(0.6)
  })
})

test('the priors of a very long history are exact, and do not cost its square', async () => {
  const users = [{ behaviours: Array.from({ length: 400_000 }, (_, index) => (index * 7919) % 11), train: 0, valid: 0 }]
  const dataset = memoryDataset(users, 11)
  const single = evaluationBatches(dataset, 'test', { batch: 1, length: 16 })
  for (const index of [0, 1, 460, 20_000, single.count - 1]) checkBatch(dataset, single.at(index))
  const sequence = evaluationBatches(dataset, 'test', { batch: 64, length: 16 })
  const started = performance.now()
  for (const batch of sequence) expect(batch.size).toBe(64)
  // Counting every row from the first event on would read 9 billion events.
  expect(performance.now() - started).toBeLessThan(10_000)
})

test.each([
  ['one user', histories(1, 12)],
  ['one behaviour', histories(3, 12).map((event) => ({ ...event, behaviour: 'only' }))],
  [
    'users with one event',
    [...histories(1, 12), ...histories(12, 1).map((event) => ({ ...event, user: `single ${event.user}` }))],
  ],
])('%s can be learnt from', async (_, events) => {
  const dataset = await build(events)
  expect(eventsIn(trainingBatches(dataset, { batch: 2, length: 4, epoch: 0, seed: 1 }))).toHaveLength(
    dataset.manifest.counts.targets.train,
  )
  expect(eventsIn(evaluationBatches(dataset, 'test', { batch: 2, length: 4 }))).toHaveLength(
    dataset.manifest.counts.targets.test,
  )
})

describe('nothing leaks from the future', () => {
  const length = 8
  /** What the model is given to predict an event: the row up to the position before it. */
  function inputsByTarget(dataset: Dataset, split: Split): Map<number, unknown> {
    const inputs = new Map<number, unknown>()
    for (const batch of evaluationBatches(dataset, split, { batch: 4, length })) {
      batch.event.forEach((event, index) => {
        if (event === -1) return
        const row = Math.floor(index / batch.length)
        const seen = (column: Int32Array) => Array.from(column.subarray(row * batch.length, index + 1))
        const width = habitDecays.length * dataset.behaviours.length
        inputs.set(event, {
          behaviour: seen(batch.behaviour),
          location: seen(batch.location),
          weekday: seen(batch.weekday),
          slot: seen(batch.slot),
          prior: Array.from(batch.priorCounts.subarray(row * width, (row + 1) * width)),
        })
      })
    }
    return inputs
  }

  test('changing events of later periods changes no training input and no input of an earlier target', async () => {
    const events = histories(6, 40)
    const base = await build(events)
    const training = [...trainingBatches(base, { batch: 4, length, epoch: 0, seed: 1 })]
    const firstLater = Date.parse(`${base.manifest.boundaries!.valid}Z`)
    const later = [...events.keys()].filter((index) => events[index].time >= firstLater)
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...later),
        fc.constantFrom('b3', 'new behaviour'),
        async (changed, behaviour) => {
          const altered = events.map((event, index) =>
            index === changed ? { ...event, behaviour, location: 'elsewhere', time: event.time + minute / 2 } : event,
          )
          const dataset = await build(altered)
          expect(dataset.behaviours).toEqual(base.behaviours)
          expect(dataset.locations).toEqual(base.locations)
          expect([...trainingBatches(dataset, { batch: 4, length, epoch: 0, seed: 1 })]).toEqual(training)
          for (const split of ['valid', 'test'] as const) {
            const before = inputsByTarget(base, split)
            for (const [event, input] of inputsByTarget(dataset, split)) {
              if (!before.has(event)) continue
              const isOther = userOf(dataset, event) !== userOf(dataset, changed)
              if (event <= changed || isOther) expect(input).toEqual(before.get(event))
            }
          }
        },
      ),
      { numRuns: 15 },
    )
  })

  test('cutting the log off after a target changes none of its inputs', () => {
    const behaviours = fc.array(fc.nat(3), { minLength: 30, maxLength: 80 })
    fc.assert(
      fc.property(behaviours, fc.nat(20), fc.nat(40), (history, train, cut) => {
        const whole = memoryDataset([{ behaviours: history, train, valid: 5 }], 4)
        const shorter = memoryDataset(
          [{ behaviours: history.slice(0, Math.max(1, history.length - cut)), train, valid: 5 }],
          4,
        )
        for (const split of ['valid', 'test'] as const) {
          const inputs = inputsByTarget(whole, split)
          for (const [event, input] of inputsByTarget(shorter, split)) expect(input).toEqual(inputs.get(event))
        }
      }),
      { numRuns: 50 },
    )
  })
})
