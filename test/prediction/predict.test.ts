import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { predictNext } from '../../src/main/prediction/predict.ts'
import type { PredictOptionsInput } from '../../src/shared/prediction.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { behaviours, createTrainedRun, day, firstDay, minute, randomLog, type TrainedRun } from './trained-run.ts'

let trained: TrainedRun
beforeAll(async () => {
  trained = await createTrainedRun()
})
afterAll(() => trained[Symbol.dispose]())

const predict = (options: Omit<PredictOptionsInput, 'run'>, text = '') =>
  predictNext(trained.log.workspace, { run: 'run', ...options }, silentContext, Readable.from([text]))

const iso = (time: number) => new Date(time).toISOString().replace('.000Z', '')
const history = [
  { behaviour: 'coffee', time: '2024-01-08T08:00:00', location: 'home' },
  { behaviour: 'bus', time: '2024-01-08T08:40:00' },
  { behaviour: 'work', time: '2024-01-08T09:10:00', location: 'office' },
]

test('all behaviours together have probability 1, most probable first', async () => {
  const { predictions, remaining } = await predict({ user: 'user-3', top: 100 })
  expect(predictions.map(({ behaviour }) => behaviour).sort()).toEqual([...behaviours].sort())
  expect(predictions.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5])
  const probabilities = predictions.map(({ probability }) => probability)
  expect(probabilities.reduce((sum, probability) => sum + probability)).toBeCloseTo(1, 6)
  expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a))
  expect(remaining).toEqual({ behaviours: 0, probability: 0 })
})

test('a shorter list says what it leaves out', async () => {
  const whole = await predict({ user: 'user-3', top: 100 })
  const { predictions, remaining } = await predict({ user: 'user-3', top: 2 })
  expect(predictions).toEqual(whole.predictions.slice(0, 2))
  expect(remaining.behaviours).toBe(3)
  expect(remaining.probability).toBeCloseTo(1 - predictions[0].probability - predictions[1].probability, 6)
})

test("a user's prediction is that of the same events given by the caller", async () => {
  const events = randomLog(30).filter(({ user }) => user === 'user-5')
  const given = await predict({
    history: events.map(({ behaviour, time, location }) => ({ behaviour, time: iso(time), location })),
  })
  const stored = await predict({ user: 'user-5' })
  expect(stored).toEqual({ ...given, user: 'user-5' })
  expect(stored.history.events).toBe(events.length)
  expect(stored.simulated).toBe(true)
})

test('of a long history the last events are read and the others counted', async () => {
  const long = Array.from({ length: 40 }, (_, index) => ({
    behaviour: behaviours[index % 5],
    time: firstDay + index * minute,
  }))
  const { history: used, predictions } = await predict({ history: long, top: 5 })
  expect(used).toMatchObject({ events: 40, read: 16, countedOnly: 24 })
  const cut = await predict({ history: long.slice(-16), top: 5 })
  expect(cut.history).toMatchObject({ events: 16, read: 16, countedOnly: 0 })
  expect(cut.predictions).not.toEqual(predictions)
})

test('events given out of order are put in order of time', async () => {
  const sorted = await predict({ history })
  expect(await predict({ history: [history[2], history[0], history[1]] })).toEqual(sorted)
  expect(sorted.history).toMatchObject({ from: '2024-01-08T08:00:00', until: '2024-01-08T09:10:00' })
})

test('what the model does not know is said, and still changes the prediction', async () => {
  const strange = [...history, { behaviour: 'skydiving', time: '2024-01-08T09:30:00', location: 'airfield' }]
  const result = await predict({ history: strange })
  expect(result.history).toMatchObject({
    events: 4,
    read: 4,
    unknownBehaviours: [{ name: 'skydiving', events: 1 }],
    unknownLocations: [{ name: 'airfield', events: 1 }],
    eventsWithoutLocation: 1,
  })
  expect(result.predictions).not.toEqual((await predict({ history })).predictions)
})

test("events that came after the dataset's end count", async () => {
  using later = await createTrainedRun()
  const ask = () => predictNext(later.log.workspace, { run: 'run', user: 'user-1' }, silentContext)
  const before = await ask()
  later.log.addSource('february', [{ user: 'user-1', time: firstDay + 30 * day, behaviour: 'gym' }])
  const after = await ask()
  expect(after.history.events).toBe(before.history.events + 1)
  expect(after.history.until).toBe('2024-01-31T00:00:00')
})

test('an event that two sources hold counts once, as in the dataset', async () => {
  using twice = await createTrainedRun()
  const events = randomLog(30).filter(({ user }) => user === 'user-1')
  twice.log.addSource('again', events)
  const result = await predictNext(twice.log.workspace, { run: 'run', user: 'user-1' }, silentContext)
  expect(result.history.events).toBe(events.length)
})

test('the taxonomy of the dataset applies to any history', async () => {
  using renamed = await createTrainedRun({ dataset: { taxonomy: { bus: 'transport' } } })
  const result = await predictNext(renamed.log.workspace, { run: 'run', history, top: 5 }, silentContext)
  expect(result.history.unknownBehaviours).toEqual([])
  expect(result.predictions.map(({ behaviour }) => behaviour)).toContain('transport')
})

test('standard input is read when the input is -', async () => {
  const text =
    'time,event,location\n2024-01-08T08:00:00,coffee,home\n2024-01-08 08:40,bus,\n2024-01-08T09:10:00,work,office\n'
  expect(await predict({ sequence: { input: '-' } }, text)).toEqual(await predict({ history }))
})

test('a run with target time needs the time of the event to predict, and uses it', async () => {
  using timed = await createTrainedRun({ model: { targetTime: true } })
  const ask = (targetTime?: string) =>
    predictNext(timed.log.workspace, { run: 'run', history, targetTime }, silentContext)
  await expect(ask()).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('target time') })
  await expect(ask('2024-01-08T09:00:00')).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('before'),
  })
  await expect(ask('soon')).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('"soon"') })
  const [morning, night] = [await ask('2024-01-08T10:00:00'), await ask('2024-01-08T23:30:00')]
  expect(morning.targetTime).toBe('2024-01-08T10:00:00')
  expect(morning.predictions).not.toEqual(night.predictions)
})

test('a target time without effect is said', async () => {
  const warn = vi.fn()
  const options = { run: 'run', history, targetTime: '2024-01-08T10:00:00' }
  const result = await predictNext(trained.log.workspace, options, { ...silentContext, warn })
  expect(warn).toHaveBeenCalledWith({ template: expect.stringContaining('no effect'), values: ['run'] })
  expect(result.targetTime).toBeNull()
})

test('an unknown user is answered with the nearest names', async () => {
  await expect(predict({ user: 'User-12x' })).rejects.toMatchObject({
    code: 'not-found',
    message: 'The log has no user "User-12x".',
    hint: expect.stringContaining('"user-12"'),
  })
})

test.each([
  [[], 'input', 'empty'],
  [[{ behaviour: 'bus', time: 'yesterday' }], 'input', 'Event 1 of the history: the time "yesterday"'],
  [[history[0], { behaviour: 'bus', time: '2024-02-30T00:00' }], 'input', 'Event 2 of the history'],
])('the history %j is refused', async (given, code, message) => {
  await expect(predict({ history: given })).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  })
})

test.each([{}, { user: 'user-1', history }, { user: 'user-1', top: 0 }])(
  'the options %j are wrong usage',
  async (options) => {
    await expect(predict(options)).rejects.toMatchObject({ code: 'usage' })
  },
)

test('a run or checkpoint that does not exist is named', async () => {
  await expect(predictNext(trained.log.workspace, { run: 'nope', history }, silentContext)).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('nope'),
  })
  await expect(predict({ history, checkpoint: 'last' })).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('last'),
  })
})
