import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { predictNext } from '../../src/main/prediction/predict.ts'
import { scoreUsers } from '../../src/main/prediction/score.ts'
import { acquireLock } from '../../src/main/storage/locks.ts'
import { firstBehaviours, type ScoredUsersFilter, scoredUsers } from '../../src/main/storage/scored-users.ts'
import { beginScoring, findScoring, iterateScores, scoresOfUser } from '../../src/main/storage/scores.ts'
import { WorkbenchError } from '../../src/shared/errors.ts'
import { phrase } from '../../src/shared/phrase.ts'
import type { ScoreOptionsInput } from '../../src/shared/prediction.ts'
import { type Progress, silentContext } from '../../src/shared/progress.ts'
import { createTrainedRun, day, firstDay, randomLog, type TrainedRun } from './trained-run.ts'

let trained: TrainedRun
let output = ''
beforeAll(async () => {
  trained = await createTrainedRun()
  // A user whom the dataset does not have: the first events come after it was built.
  trained.log.addSource('march', [{ user: '=newcomer()', time: firstDay + 60 * day, behaviour: 'gym' }])
  trained.log.workspace.database.execute(
    `INSERT INTO source_users (source, user, events) SELECT source, user, count(*) FROM events GROUP BY source, user`,
  )
})
beforeEach(() => {
  output = mkdtempSync(path.join(tmpdir(), 'scores-'))
  return () => rmSync(output, { recursive: true, force: true })
})
afterAll(() => trained[Symbol.dispose]())

const database = () => trained.log.workspace.database
const score = (options: Omit<ScoreOptionsInput, 'run'>, context = silentContext) =>
  scoreUsers(trained.log.workspace, { run: 'run', ...options }, context)
const storedScores = () => {
  const scoring = findScoring(database(), 'run-1')
  return scoring === undefined ? undefined : [...iterateScores(database(), scoring.id)]
}
const rowsLeft = () =>
  database().query<{ rows: number }>('SELECT count(*) AS rows FROM scores').get()!.rows +
  database().query<{ rows: number }>(`SELECT count(*) AS rows FROM scorings WHERE state = 'writing'`).get()!.rows

test('every user of the log gets the predictions that predictNext gives', async () => {
  const result = await score({ top: 3, batch: 7 })
  expect(result).toMatchObject({ users: 31, scores: 93, top: 3, simulated: true, output: null })
  const scoring = findScoring(database(), 'run-1')!
  expect(scoring).toMatchObject({ run: 'run-1', checkpoint: 'best', top: 3, users: 31, targetTime: null })
  for (const user of ['user-0', 'user-7', 'user-29', '=newcomer()']) {
    const { predictions } = await predictNext(trained.log.workspace, { run: 'run', user, top: 3 }, silentContext)
    const scores = scoresOfUser(database(), scoring.id, user)
    expect(scores.map(({ rank, behaviour }) => ({ rank, behaviour }))).toEqual(
      predictions.map(({ rank, behaviour }) => ({ rank, behaviour })),
    )
    for (const [index, { probability }] of scores.entries()) {
      expect(probability).toBeCloseTo(predictions[index].probability, 5)
    }
  }
})

test('a second scoring replaces the first', async () => {
  await score({ top: 3 })
  await score({ top: 1, users: ['user-2', 'user-4', 'user-2'] })
  expect(storedScores()!.map(({ user, rank }) => [user, rank])).toEqual([
    ['user-2', 1],
    ['user-4', 1],
  ])
  expect(rowsLeft()).toBe(2)
})

test('users with few events can be left out', async () => {
  const counts = new Map<string, number>()
  for (const { user } of randomLog(30)) counts.set(user, (counts.get(user) ?? 0) + 1)
  const enough = [...counts].filter(([, events]) => events >= 20).map(([user]) => user)
  await score({ top: 1, minimumEvents: 20 })
  expect(
    storedScores()!
      .map(({ user }) => user)
      .sort(),
  ).toEqual(enough.sort())
  await expect(score({ minimumEvents: 1000 })).rejects.toMatchObject({
    code: 'input',
    message: expect.stringContaining('1000'),
  })
})

test('the csv and parquet tables hold the stored scores', async () => {
  const csv = path.join(output, 'scores.csv')
  await score({ top: 2, output: csv })
  const stored = storedScores()!
  const lines = stored.map(
    ({ user, rank, behaviour, probability }) =>
      `${user.startsWith('=') ? `'${user}` : user},${rank},${behaviour},${probability}`,
  )
  expect(readFileSync(csv, 'utf8').split('\n')).toEqual(['user,rank,behaviour,probability', ...lines, ''])

  const parquet = path.join(output, 'scores.parquet')
  await score({ top: 2, output: parquet })
  const connection = await (await DuckDBInstance.create()).connect()
  const reader = await connection.runAndReadAll(`FROM read_parquet('${parquet}')`)
  const all = storedScores()!
  expect(reader.getRowObjects()).toEqual(
    all.map(({ user, rank, behaviour, probability }) => ({ user, rank, behaviour, probability })),
  )
})

test('progress counts all users and ends with them', async () => {
  const reports: Progress[] = []
  await score({ batch: 4 }, { ...silentContext, report: (progress) => reports.push(progress) })
  expect(reports.every(({ total }) => total === 31)).toBe(true)
  expect(reports.at(-1)).toMatchObject({ stage: phrase`scoring users`, unit: 'users', done: 31, secondsLeft: 0 })
})

test.each(['scoring users', 'writing'])(
  'a scoring cancelled while %s leaves the old scores and nothing else',
  async (stage) => {
    await score({ top: 1 })
    const before = storedScores()
    const file = path.join(output, 'scores.csv')
    const controller = new AbortController()
    const context = {
      ...silentContext,
      signal: controller.signal,
      report: (progress: Progress) => {
        if (progress.stage.template.startsWith(stage) || (stage === 'writing' && progress.done === 31))
          controller.abort()
      },
    }
    await expect(score({ top: 5, batch: 5, output: file }, context)).rejects.toMatchObject({ code: 'cancelled' })
    expect(storedScores()).toEqual(before)
    expect(rowsLeft()).toBe(before!.length)
    expect(readdirSync(output)).toEqual([])
  },
)

test('what a killed scoring left is invisible and swept away by the next one', async () => {
  await score({ top: 1 })
  const before = storedScores()
  beginScoring(database(), { run: 'run-1', checkpoint: 'best', top: 1, targetTime: null }, ['coffee'])
  expect(storedScores()).toEqual(before)
  await score({ top: 1 })
  expect(database().query('SELECT count(*) AS n FROM scorings').get()).toEqual({ n: 1 })
})

test('a run that is being scored is locked', async () => {
  using _lock = acquireLock(database(), 'scores:run-1', phrase`scoring users with run "run"`)
  await expect(score({})).rejects.toMatchObject({ code: 'locked' })
})

test.each([
  [{ users: ['nobody'] }, 'not-found', '"nobody"'],
  [{ output: '/tmp/scores.xlsx' }, 'usage', 'scores.xlsx'],
  [{ output: '/no/such/folder/scores.csv' }, 'not-found', '/no/such/folder'],
])('%j is refused', async (options, code, message) => {
  const error = await score(options).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(WorkbenchError)
  expect(error).toMatchObject({ code, message: expect.stringContaining(message) })
})

test('stored users are read in the order of their names, by beginning and page by page', async () => {
  await score({ top: 2 })
  const { id } = findScoring(database(), 'run-1')!
  const named = (options: { search?: string; after?: string; limit?: number }) =>
    scoredUsers(database(), id, { search: '', limit: 100, ...options })
  const everybody = named({})
  const names = everybody.map(({ user }) => user)
  expect(names).toEqual([...names].sort())
  expect(names).toHaveLength(31)
  expect(named({ search: 'user-2' }).map(({ user }) => user)).toEqual(names.filter((name) => name.startsWith('user-2')))
  expect([...named({ limit: 20 }), ...named({ after: names[19] })]).toEqual(everybody)
  const scores = scoresOfUser(database(), id, 'user-7').map(({ behaviour, probability }) => ({
    behaviour,
    probability,
  }))
  expect(named({ search: 'user-7' })[0].predictions).toEqual(scores)
})

test('stored users are read by how sure the run is, and those of one behaviour, page by page in every order', async () => {
  await score({ top: 2 })
  const { id } = findScoring(database(), 'run-1')!
  const read = (filter: Partial<ScoredUsersFilter>) => scoredUsers(database(), id, { limit: 100, ...filter })
  const everybody = read({})
  const first = ({ predictions }: (typeof everybody)[number]) => predictions[0]
  const chances = (order: ScoredUsersFilter['order']) => read({ order }).map((user) => first(user).probability)
  const ascending = everybody.map((user) => first(user).probability).sort((a, b) => a - b)
  expect(chances('leastSure')).toEqual(ascending)
  expect(chances('mostSure')).toEqual(ascending.toReversed())

  const counted = Map.groupBy(everybody, (user) => first(user).behaviour)
  expect(firstBehaviours(database(), id)).toEqual(
    [...counted]
      .map(([behaviour, users]) => ({ behaviour, users: users.length }))
      .sort((a, b) => b.users - a.users || (a.behaviour < b.behaviour ? -1 : 1)),
  )
  for (const order of ['name', 'leastSure', 'mostSure'] as const) {
    for (const behaviour of [undefined, ...counted.keys()]) {
      for (const search of ['', 'user-1', 'nobody']) {
        const whole = read({ order, behaviour, search })
        const fits = everybody.filter(
          (user) => user.user.startsWith(search) && (behaviour === undefined || first(user).behaviour === behaviour),
        )
        expect(new Set(whole.map(({ user }) => user))).toEqual(new Set(fits.map(({ user }) => user)))
        const pages: typeof whole = []
        for (;;) {
          const page = read({ order, behaviour, search, after: pages.at(-1)?.user, limit: 3 })
          pages.push(...page)
          if (page.length < 3) break
        }
        expect(pages).toEqual(whole)
      }
    }
  }
  expect(read({ behaviour: 'never heard of' })).toEqual([])
  expect(() => read({ order: 'leastSure', after: 'gone' })).toThrow('User gone is not among the scored users any more.')
})

test('of a run with extra heads, the most probable place and time gap of each user are stored beside the behaviours', async () => {
  using withHeads = await createTrainedRun({ model: { locationHead: true, gapHead: true } })
  const { workspace } = withHeads.log
  const csv = path.join(output, 'scores.csv')
  await scoreUsers(workspace, { run: 'run', top: 2, output: csv }, silentContext)
  const scoring = findScoring(workspace.database, 'run-1')!
  const users = scoredUsers(workspace.database, scoring.id, { search: 'user-', limit: 5 })
  for (const { user, location, gap } of users) {
    const expected = await predictNext(workspace, { run: 'run', user, top: 1 }, silentContext)
    const [place] = expected.location!.predictions
    expect(location).toEqual({ name: place.location, probability: expect.closeTo(place.probability, 5) })
    const bucket = expected.gap!.buckets[expected.gap!.mostProbable]
    expect(gap).toEqual({ bucket: bucket.bucket, probability: expect.closeTo(bucket.probability, 5) })
    const [line] = readFileSync(csv, 'utf8')
      .split('\n')
      .filter((text) => text.startsWith(`${user},1,`))
    expect(line).toContain(`,${place.location ?? 'elsewhere or unknown'},`)
    expect(line).toContain(`,${bucket.name},`)
  }
  expect(users).toHaveLength(5)
})
