import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { initializeParameters, layoutParameters } from '../../src/main/model/parameters.ts'
import { PredictionDesk } from '../../src/main/prediction/desk.ts'
import { encodeHistory } from '../../src/main/prediction/history.ts'
import { predictNext } from '../../src/main/prediction/predict.ts'
import { openPredictor } from '../../src/main/prediction/predictor.ts'
import { topBehaviours } from '../../src/main/prediction/top-behaviours.ts'
import { deleteRun } from '../../src/main/storage/runs.ts'
import { writeBest } from '../../src/main/training/checkpoints.ts'
import { loadCheckpointState, runDirectory } from '../../src/main/training/run-directory.ts'
import { type InspectedSequenceInput, inspectOptions } from '../../src/shared/prediction.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { behaviours, createTrainedRun, day, firstDay, minute, randomLog, type TrainedRun } from './trained-run.ts'

let trained: TrainedRun
let desk: PredictionDesk
beforeAll(async () => {
  trained = await createTrainedRun()
})
beforeEach(() => {
  desk = new PredictionDesk(trained.log.workspace.directory, { run: 'run-1', checkpoint: 'best' })
  return () => desk.dispose()
})
afterAll(() => trained[Symbol.dispose]())

const run = { run: 'run-1', checkpoint: 'best' } as const
const eventsOf = (user: string) => randomLog(30).filter((event) => event.user === user)
const given = (user: string) =>
  eventsOf(user).map(({ behaviour, time, location }) => ({ behaviour, time, location: location || null }))
const inspect = (sequence: InspectedSequenceInput, options: object = {}) =>
  desk.inspect(inspectOptions.parse({ ...run, sequence, ...options }))

describe('inspecting a sequence', () => {
  test('gives the predictions of predictNext, with the group of each behaviour', async () => {
    const { predictions, remaining, history } = await inspect({ events: given('user-5') }, { top: 3 })
    const expected = await predictNext(trained.log.workspace, { run: 'run', user: 'user-5', top: 3 }, silentContext)
    expect(history).toEqual(expected.history)
    for (const [index, { rank, behaviour, probability }] of expected.predictions.entries()) {
      expect(predictions[index]).toMatchObject({ rank, behaviour, reference: null })
      expect(predictions[index].probability).toBeCloseTo(probability, 5)
      expect(['head', 'middle', 'tail']).toContain(predictions[index].group)
    }
    expect(remaining.behaviours).toBe(2)
    expect(remaining.probability).toBeCloseTo(expected.remaining.probability, 5)
  })

  test('does not care which part is stored and which is given', async () => {
    const events = given('user-5')
    const whole = await inspect({ events })
    for (const stored of [1, events.length - 1]) {
      const parts = { stored: { user: 'user-5', events: stored }, events: events.slice(stored) }
      expect(await inspect(parts)).toEqual(whole)
    }
    expect(await inspect({ stored: { user: 'user-5', events: events.length } })).toEqual(whole)
  })

  test('tells for each layer how the last event attends to what the model reads', async () => {
    const long = Array.from({ length: 40 }, (_, index) => ({
      behaviour: behaviours[index % 5],
      time: firstDay + index * minute,
    }))
    const { attention, window, history } = await inspect({ events: long })
    expect(history).toMatchObject({ events: 40, read: 16 })
    expect(window.map(({ time }) => time)).toEqual(long.slice(-16).map(({ time }) => time))
    expect(attention.map((layer) => layer.length)).toEqual([16, 16])
    for (const layer of attention) expect(layer.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 5)
  })

  test('compares with a reference: what it expected of every listed behaviour, and how far all of it moved', async () => {
    const before = given('user-5')
    const edited = [
      ...before.slice(0, -1),
      { ...before[before.length - 1], behaviour: 'gym', time: firstDay + 11 * day },
    ]
    const result = await inspect({ events: edited }, { top: 5, reference: { events: before } })
    const reference = await inspect({ events: before }, { top: 5 })
    let moved = 0
    for (const { behaviour, probability, reference: old } of result.predictions) {
      const found = reference.predictions.find((each) => each.behaviour === behaviour)!
      expect(old?.rank).toBe(found.rank)
      expect(old?.probability).toBeCloseTo(found.probability, 5)
      moved += Math.abs(probability - found.probability) / 2
    }
    expect(result.moved).toBeCloseTo(moved, 5)
    expect(result.moved).toBeGreaterThan(0)
    const same = await inspect({ events: before }, { reference: { events: before } })
    expect(same.moved).toBe(0)
  })

  test('lists what was most probable after the reference too, however improbable it is now', async () => {
    const before = given('user-5')
    for (const behaviour of behaviours) {
      const edited = [...before, { behaviour, time: firstDay + 11 * day }]
      const { predictions } = await inspect({ events: edited }, { top: 1, reference: { events: before } })
      expect(predictions.some(({ reference }) => reference?.rank === 1)).toBe(true)
      expect(predictions.map(({ rank }) => rank)).toEqual(predictions.map(({ rank }) => rank).sort((a, b) => a - b))
    }
  })

  test('names what the model does not know, event by event', async () => {
    const { window, history } = await inspect({
      events: [
        { behaviour: 'bus', time: firstDay, location: 'home' },
        { behaviour: 'skydiving', time: firstDay + day, location: 'airfield' },
      ],
    })
    expect(history.unknownBehaviours).toEqual([{ name: 'skydiving', events: 1 }])
    expect(window).toMatchObject([
      { knownBehaviour: true, knownLocation: true },
      { knownBehaviour: false, knownLocation: false, group: null },
    ])
  })

  test('needs the time of the event to predict where the run was trained with it, and uses it', async () => {
    using timed = await createTrainedRun({ model: { targetTime: true } })
    const own = new PredictionDesk(timed.log.workspace.directory, run)
    expect(await own.describe()).toMatchObject({ targetTime: true })
    const ask = (targetTime?: string) =>
      own.inspect(inspectOptions.parse({ ...run, sequence: { events: given('user-5') }, targetTime }))
    await expect(ask()).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('target time') })
    await expect(ask('2023-01-01T00:00')).rejects.toMatchObject({ code: 'usage' })
    const [morning, night] = [await ask('2024-02-01T08:00'), await ask('2024-02-01T23:00')]
    expect(morning.targetTime).toBe('2024-02-01T08:00:00')
    expect(morning.predictions).not.toEqual(night.predictions)
    await own.dispose()
  })

  test('refuses events that the log does not have any more', async () => {
    await expect(inspect({ stored: { user: 'user-5', events: 1000 } })).rejects.toMatchObject({ code: 'conflict' })
    await expect(inspect({ stored: { user: 'nobody', events: 1 } })).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('the surprise of a history', () => {
  test('is -log p of each event after those before it, the same however much of it is asked for', async () => {
    const events = given('user-5')
    const { total, events: told } = await desk.surprise({ ...run, user: 'user-5', limit: 5000 })
    expect(total).toBe(events.length)
    expect(told[0].surprise).toBeNull()
    // The first window of 16 events and the part after it, where the windows differ from those of a prediction.
    for (const index of [1, 2, 8, 15]) {
      const { predictions } = await inspect({ events: events.slice(0, index) }, { top: 5 })
      const { probability } = predictions.find(({ behaviour }) => behaviour === events[index].behaviour)!
      expect(told[index].surprise).toBeCloseTo(-Math.log(probability), 4)
    }
    const latest = await desk.surprise({ ...run, user: 'user-5', limit: 3 })
    expect(latest.events.map(({ time }) => time)).toEqual(told.slice(-3).map(({ time }) => time))
    for (const [index, { surprise }] of latest.events.entries()) {
      expect(surprise).toBeCloseTo(told[told.length - 3 + index].surprise!, 5)
    }
  })

  test('reads at least half of the longest history before each event, and counts what came earlier', async () => {
    using short = await createTrainedRun({ dataset: { length: 4 } })
    const own = new PredictionDesk(short.log.workspace.directory, run)
    const { events } = await own.surprise({ ...run, user: 'user-5', limit: 5000 })
    const predictor = await openPredictor(short.log.workspace, { ...run, device: 'cpu' }, silentContext)
    const named = eventsOf('user-5').map(({ behaviour, time, location = '' }) => ({ behaviour, time, location }))
    // The window [8, 12) predicts its latter half: event 10 from 8 and 9, event 11 from 8 to 10.
    for (const [event, read] of [
      [10, 2],
      [11, 3],
    ]) {
      const window = encodeHistory(predictor.encoder, read, named.slice(0, event))
      const [{ behaviour: logits }] = await predictor.next([window], undefined)
      const { classes, probabilities } = topBehaviours(logits, 5)
      const probability = probabilities[classes.indexOf(predictor.encoder.behaviour(named[event].behaviour))]
      expect(events[event].surprise).toBeCloseTo(-Math.log(probability), 4)
    }
    await predictor.dispose()
    await own.dispose()
  })

  test('is not told of a behaviour that the model does not know', async () => {
    using later = await createTrainedRun()
    later.log.addSource('february', [{ user: 'user-1', time: firstDay + 30 * day, behaviour: 'skydiving' }])
    const own = new PredictionDesk(later.log.workspace.directory, run)
    const { events } = await own.surprise({ ...run, user: 'user-1', limit: 2 })
    expect(events[1]).toMatchObject({ behaviour: 'skydiving', surprise: null, group: null })
    expect(events[0].surprise).toBeGreaterThan(0)
    await own.dispose()
  })
})

describe('a desk that stays open', () => {
  test('notices another checkpoint', async () => {
    const before = await inspect({ events: given('user-5') })
    const directory = runDirectory(trained.log.workspace, 'run-1')
    const layout = layoutParameters(trained.model)
    const state = loadCheckpointState({ directory }, 'best')
    await writeBest(directory, layout, initializeParameters(layout, 8), state)
    const after = await inspect({ events: given('user-5') })
    await writeBest(directory, layout, trained.parameters, state)
    expect(after.predictions).not.toEqual(before.predictions)
    expect(await inspect({ events: given('user-5') })).toEqual(before)
  })

  test('notices that the run is gone', async () => {
    using other = await createTrainedRun()
    const own = new PredictionDesk(other.log.workspace.directory, run)
    await own.describe()
    deleteRun(other.log.workspace.database, 'run-1')
    await expect(own.describe()).rejects.toMatchObject({ code: 'not-found' })
    await own.dispose()
  })

  test('notices new events of a user', async () => {
    using other = await createTrainedRun()
    const own = new PredictionDesk(other.log.workspace.directory, run)
    const { total } = await own.history({ ...run, user: 'user-1', limit: 1 })
    other.log.addSource('february', [{ user: 'user-1', time: firstDay + 30 * day, behaviour: 'gym' }])
    const after = await own.history({ ...run, user: 'user-1', limit: 1 })
    expect(after.total).toBe(total + 1)
    expect(after.events).toMatchObject([{ behaviour: 'gym', location: null }])
    await own.dispose()
  })
})

test('names are found by any part, those that begin with it first', async () => {
  const names = async (search: string) =>
    (await desk.names({ ...run, kind: 'behaviours', search, limit: 10 })).map(({ name }) => name)
  expect((await names('')).sort()).toEqual([...behaviours].sort())
  expect(await names('S')).toEqual(['sleep', 'bus'])
  expect(await names('skydiving')).toEqual([])
  const places = await desk.names({ ...run, kind: 'locations', search: 'o', limit: 10 })
  expect(places.map(({ name }) => name)).toEqual(['office', 'home'])
})

test('a pasted text becomes events in order of time', async () => {
  const text = 'time,event,location\n2024-01-08T09:10:00,work,office\n2024-01-08 08:40,bus,\n'
  expect(await desk.readSequence({ ...run, text })).toEqual({
    total: 2,
    events: [
      { time: Date.UTC(2024, 0, 8, 8, 40), behaviour: 'bus', location: null },
      { time: Date.UTC(2024, 0, 8, 9, 10), behaviour: 'work', location: 'office' },
    ],
  })
  await expect(desk.readSequence({ ...run, text: 'time,event\nsoon,bus\n' })).rejects.toMatchObject({
    code: 'input',
    message: expect.stringContaining('The text, line 2'),
  })
})

test('a desk says what its run can do', async () => {
  expect(await desk.describe()).toMatchObject({
    run: { id: 'run-1', name: 'run' },
    behaviours: 5,
    locations: 2,
    length: 16,
    layers: 2,
    heads: 2,
    targetTime: false,
    simulated: true,
  })
})
