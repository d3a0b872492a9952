import { expect, test } from 'vitest'
import { scoreTarget } from '../../src/main/evaluation/ranking.ts'
import { entropyOf } from '../../src/main/prediction/event-figures.ts'
import { encodeHistory } from '../../src/main/prediction/history.ts'
import { openPredictor } from '../../src/main/prediction/predictor.ts'
import { readStoredHistory } from '../../src/main/prediction/stored-history.ts'
import { createReview } from '../../src/main/review/create.ts'
import { openOrigin, readHistory } from '../../src/main/review/histories.ts'
import { openSequenceReader } from '../../src/main/review/sequence-reader.ts'
import { findId } from '../../src/main/storage/dictionaries.ts'
import { readReviewSequence, requireReviewProject } from '../../src/main/storage/review-projects.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { type ReviewOptionsInput, type ReviewSequence, reviewOptions } from '../../src/shared/review.ts'
import { createTrainedRun, day, firstDay, minute, randomLog, type TrainedRun } from '../prediction/trained-run.ts'
import { createLogWorkspace, type LogWorkspace } from '../support/log-workspace.ts'

async function queueOf(log: LogWorkspace, options: Omit<ReviewOptionsInput, 'name'>): Promise<ReviewSequence[]> {
  const { database } = log.workspace
  const name = `review ${Math.random()}`
  const { project } = await createReview(log.workspace, reviewOptions.parse({ name, ...options }), silentContext)
  const { count } = requireReviewProject(database, project)
  return Array.from({ length: count }, (_, position) => readReviewSequence(database, project, position))
}

/** What an import keeps with each source. */
function tally({ workspace }: LogWorkspace): void {
  workspace.database.execute(
    'INSERT INTO source_behaviours SELECT source, behaviour, count(*) FROM events GROUP BY source, behaviour',
  )
}

const placeOf = ({ user, events }: ReviewSequence) => `${user} ${events[0].instant}`

/** Every user's events belong to exactly one sequence, as far as sequences have two events. */
test('sequences are the histories cut at every length-th event', async () => {
  using log = createLogWorkspace()
  log.addSource('log', randomLog(8))
  const queue = await queueOf(log, { source: 'log', length: 6, count: 1000 })
  const events = queue.flatMap((sequence) =>
    sequence.events.map(({ instant, behaviour }) => `${sequence.user} ${instant} ${behaviour}`),
  )
  const logged = new Set(randomLog(8).map(({ user, time, behaviour }) => `${user} ${time} ${behaviour}`))
  for (const event of events) expect(logged).toContain(event)
  expect(new Set(queue.map(placeOf)).size).toBe(queue.length)
  for (const { user, events: own, previousTime, nextTime } of queue) {
    const times = randomLog(8)
      .filter((event) => event.user === user)
      .map(({ time }) => time)
    expect(own.length).toBeLessThanOrEqual(6)
    if (nextTime !== null) expect(own.length).toBe(6)
    expect(previousTime).toBe(times.filter((time) => time < own[0].time).at(-1) ?? null)
    expect(nextTime).toBe(times.find((time) => time > own.at(-1)!.time) ?? null)
  }
})

test('a random queue is the same for a seed, another for another seed, and the beginning of a longer one', async () => {
  using log = createLogWorkspace()
  log.addSource('log', randomLog(30))
  const places = async (seed: number, count: number) =>
    (await queueOf(log, { source: 'log', length: 4, seed, count })).map(placeOf)
  const first = await places(5, 20)
  expect(await places(5, 20)).toEqual(first)
  expect((await places(5, 60)).slice(0, 20)).toEqual(first)
  expect(await places(6, 20)).not.toEqual(first)
})

test('tail first: no sequence left out has more events of tail behaviours than one in the queue, and they descend', async () => {
  using log = createLogWorkspace()
  // Two common behaviours, one between, and eleven rare ones that come in threes and make a thirteenth of the events.
  const events = randomLog(40).map((event, index) => ({
    ...event,
    behaviour: index % 40 < 3 ? `rare ${index % 11}` : ['coffee', 'work', 'bus', 'coffee', 'work'][index % 5],
  }))
  log.addSource('log', events)
  tally(log)
  const everything = await queueOf(log, { source: 'log', length: 8, count: 5000 })
  const queue = await queueOf(log, { source: 'log', length: 8, count: 25, strategy: 'tail-first' })
  const rare = ({ events: own }: ReviewSequence) => own.filter(({ behaviour }) => behaviour.startsWith('rare')).length
  const counts = queue.map(({ reason }) => reason.tailEvents)
  expect(counts).toEqual(queue.map(rare))
  expect(counts).toEqual(
    everything
      .map(rare)
      .sort((a, b) => b - a)
      .slice(0, 25),
  )
  expect(counts[0]).toBeGreaterThan(counts[24])
})

test('what the model says of each event is what it predicts at that moment', async () => {
  using trained = await createTrainedRun({ events: randomLog(6) })
  const { workspace } = trained.log
  const length = 8
  const queue = await queueOf(trained.log, { dataset: 'data', run: 'run', length, count: 100 })
  const predictor = await openPredictor(workspace, { run: 'run', checkpoint: 'best', device: 'cpu' }, silentContext)
  for (const { user, events } of queue) {
    const history = readStoredHistory(workspace.database, trained.dataset.configuration, user)
    for (const [index, event] of events.entries()) {
      const place = history.findIndex(({ time, behaviour }) => time === event.time && behaviour === event.behaviour)
      if (place === 0) {
        expect(event).toMatchObject({ surprise: null, rank: null, entropy: null })
        continue
      }
      // The window of the prediction page ends at the event, this one begins at a multiple of half the length: equal where the whole history fits.
      if (place >= trained.model.length) continue
      const window = encodeHistory(predictor.encoder, trained.model.length, history.slice(0, place))
      const [{ behaviour: logits }] = await predictor.next([window], undefined)
      const scored = scoreTarget(Float64Array.from(logits), trained.dataset.behaviours.indexOf(event.behaviour))
      expect(event.rank, `${user} ${index}`).toBe(scored.rank)
      expect(event.surprise).toBeCloseTo(-scored.logProbability, 3)
      expect(event.entropy).toBeCloseTo(entropyOf(Float64Array.from(logits)), 3)
    }
  }
  await predictor.dispose()
})

test('events far into a history are predicted as well, and the same whatever part of it is read', async () => {
  using trained = await createTrainedRun({ events: longHistory() })
  const { workspace } = trained.log
  const reader = await openSequenceReader(workspace, { run: 'run', checkpoint: 'best' }, silentContext)
  const origin = openOrigin(workspace, { dataset: 'data' })
  const history = readHistory(workspace.database, origin, findId(workspace.database, 'users', 'user')!)
  const whole = await reader.read(history, [{ start: 0, end: history.events.length }], silentContext)
  const parts = await reader.read(
    history,
    [
      { start: 90, end: 120 },
      { start: 20, end: 30 },
    ],
    silentContext,
  )
  await reader.dispose()
  expect(whole[0].filter(({ surprise }) => surprise === null)).toHaveLength(1)
  for (const figures of [...whole, ...parts]) {
    for (const { entropy } of figures) if (entropy !== null) expect(entropy).toBeLessThanOrEqual(Math.log(5) + 1e-6)
  }
  for (const [part, start] of [90, 20].entries()) {
    for (const [index, { surprise, rank, entropy }] of parts[part].entries()) {
      const same = whole[0][start + index]
      expect(rank).toBe(same.rank)
      expect(surprise).toBeCloseTo(same.surprise!, 5)
      expect(entropy).toBeCloseTo(same.entropy!, 5)
    }
  }
  expect(parts.map((figures) => figures.length)).toEqual([30, 10])
})

function longHistory() {
  const behaviours = ['coffee', 'work', 'bus', 'gym', 'sleep']
  return Array.from({ length: 200 }, (_, index) => ({
    user: 'user',
    time: firstDay + index * 97 * minute,
    behaviour: behaviours[(index * index) % 5],
    location: 'home',
  }))
}

test('strategies that ask a model order by what it says', async () => {
  using trained = await createTrainedRun({ events: randomLog(25) })
  const options = { dataset: 'data', run: 'run', length: 5, count: 15, candidates: 1000 } as const
  const all = await queueOf(trained.log, { ...options, strategy: 'random', count: 1000 })
  const uncertain = await queueOf(trained.log, { ...options, strategy: 'uncertain' })
  const entropies = all.map(({ reason }) => reason.meanEntropy ?? -1).sort((a, b) => b - a)
  expect(uncertain.map(({ reason }) => reason.meanEntropy)).toEqual(entropies.slice(0, 15))
  const disagrees = await queueOf(trained.log, { ...options, strategy: 'disagrees' })
  const ranks = disagrees.map(({ reason }) => reason.worst?.rank ?? 0)
  expect(ranks).toEqual(
    all
      .map(({ reason }) => reason.worst?.rank ?? 0)
      .sort((a, b) => b - a)
      .slice(0, 15),
  )
  for (const { reason, events } of disagrees) {
    expect(events[reason.worst!.event].rank).toBe(Math.max(...events.map(({ rank }) => rank ?? 0)))
  }
})

test('a behaviour that the model never saw has no surprise', async () => {
  using trained: TrainedRun = await createTrainedRun({ events: randomLog(6) })
  const later = Array.from({ length: 4 }, (_, index) => ({
    user: 'newcomer',
    time: firstDay + day + index * minute,
    behaviour: index === 2 ? 'skydiving' : 'coffee',
  }))
  trained.log.addSource('later', later)
  const [{ events }] = await queueOf(trained.log, { source: 'later', run: 'run' })
  expect(events.map(({ surprise }) => surprise === null)).toEqual([true, false, true, false])
  expect(events[2].entropy).toBeGreaterThan(0)
})

test('options that contradict each other, a taken name and an empty log are refused, and nothing is made', async () => {
  using log = createLogWorkspace()
  log.addSource('log', randomLog(3))
  log.addSource('single', [{ user: 'once', time: 0, behaviour: 'coffee' }])
  const problems = (options: object) =>
    reviewOptions.safeParse({ name: 'r', ...options }).error?.issues.map(({ message }) => message)
  expect(problems({})).toEqual(['give exactly one of a dataset and a source'])
  expect(problems({ source: 'log', strategy: 'uncertain' })).toEqual(['this strategy asks a model: choose a run'])
  const create = (options: Partial<ReviewOptionsInput>) =>
    createReview(log.workspace, reviewOptions.parse({ name: 'r', ...options }), silentContext)
  await expect(create({ source: 'single' })).rejects.toThrow(/no sequence to review/)
  await expect(create({ source: 'none' })).rejects.toThrow(/no source none/)
  await create({ source: 'log' })
  await expect(create({ source: 'log' })).rejects.toThrow(/already/)
  const stop = new AbortController()
  stop.abort()
  const cancelled = createReview(log.workspace, reviewOptions.parse({ name: 's', source: 'log' }), {
    ...silentContext,
    signal: stop.signal,
  })
  await expect(cancelled).rejects.toThrow('Cancelled')
  expect(log.workspace.database.query('SELECT name FROM review_projects').all()).toEqual([{ name: 'r' }])
})
