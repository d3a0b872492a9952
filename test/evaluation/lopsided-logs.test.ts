import { describe, expect, test } from 'vitest'
import { buildDataset } from '../../src/main/dataset/build.ts'
import { evaluateRun } from '../../src/main/evaluation/evaluate.ts'
import { predictNext } from '../../src/main/prediction/predict.ts'
import type { WriteWorkspace } from '../../src/main/storage/workspace.ts'
import { trainRun } from '../../src/main/training/run.ts'
import type { DatasetConfigurationInput, TrainConfigurationInput } from '../../src/shared/configuration.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { fileWith, importFile, newWorkspace } from '../ingest/support.ts'
import { configure } from '../support/log-workspace.ts'

/** The whole way of logs that nobody expects: each gives figures that can be right, or a clear error. */

/** A workspace with the imported log of so many events, one a minute. */
async function imported(count: number, row: (index: number) => [user: string, behaviour: string]) {
  const workspace = newWorkspace()
  const lines = Array.from({ length: count }, (_, index) => {
    const [user, behaviour] = row(index)
    return `${user},${1_700_000_000 + 60 * index},${behaviour}\n`
  })
  await importFile(workspace, fileWith(`user,time,event\n${lines.join('')}`))
  return workspace
}

const build = (workspace: WriteWorkspace, changes: Partial<DatasetConfigurationInput> = {}) =>
  buildDataset(workspace, configure({ name: 'log', length: 8, ...changes }), silentContext)

const train = (workspace: WriteWorkspace, changes: Partial<TrainConfigurationInput> = {}) =>
  trainRun(
    workspace,
    {
      dataset: 'log',
      name: 'run',
      model: { preset: 'nano', streamWidth: 4, layers: 1, heads: 1 },
      objective: { name: 'dro-kl', updateEvery: 1 },
      device: 'cpu',
      threads: 1,
      steps: 2,
      batch: 4,
      ...changes,
    },
    silentContext,
  )

/** Builds, trains, evaluates on the test period with intervals, and predicts for one user. */
async function wholeWay(workspace: WriteWorkspace, user: string, changes: Partial<DatasetConfigurationInput> = {}) {
  await build(workspace, changes)
  await train(workspace)
  const evaluation = await evaluateRun(workspace, { run: 'run', bootstrapSamples: 20 }, silentContext)
  for (const name of ['accuracy', 'macroRecall', 'nll', 'mrr', 'ece', 'ndcg@10'] as const) {
    expect(evaluation[name], name).toSatisfy(Number.isFinite)
  }
  const { predictions } = await predictNext(workspace, { run: 'run', user, top: 3 }, silentContext)
  return { evaluation, predictions }
}

test('one user', async () => {
  const workspace = await imported(200, (index) => ['alone', `behaviour ${(index * index) % 5}`])
  const { evaluation, predictions } = await wholeWay(workspace, 'alone')
  expect(evaluation).toMatchObject({ users: 1, targets: 20, unseenTargets: 0 })
  // Nobody else can be drawn: the interval is the figure itself.
  expect(evaluation.intervals.accuracy).toEqual([evaluation.accuracy, evaluation.accuracy])
  expect(predictions).toHaveLength(3)
})

test('one behaviour', async () => {
  const workspace = await imported(200, (index) => [`user ${index % 10}`, 'walk'])
  const { evaluation, predictions } = await wholeWay(workspace, 'user 3')
  expect(evaluation).toMatchObject({ targets: 20, accuracy: 1, macroRecall: 1, mrr: 1 })
  expect(evaluation.nll).toBeCloseTo(0, 6)
  expect(predictions).toMatchObject([{ behaviour: 'walk', probability: 1 }])
})

describe('users with one event each', () => {
  const oneEach = () => imported(200, (index) => [`user ${index}`, `behaviour ${index % 5}`])

  test('are left out, and a build without anybody left says how to keep them', async () => {
    await expect(build(await oneEach())).rejects.toMatchObject({
      code: 'input',
      message: expect.stringContaining('all 200 users'),
      hint: expect.stringContaining('--min-events'),
    })
  })

  test('make a dataset when they are kept, which has nothing to train on', async () => {
    const workspace = await oneEach()
    expect((await build(workspace, { minimumEvents: 1 })).counts).toMatchObject({ users: 200, events: 200 })
    await expect(train(workspace)).rejects.toMatchObject({
      code: 'input',
      message: expect.stringContaining('no training target'),
    })
  })

  test('do no harm beside others', async () => {
    const workspace = await imported(400, (index) => [
      index % 2 ? `once ${index}` : `user ${index % 10}`,
      `behaviour ${index % 5}`,
    ])
    const { evaluation } = await wholeWay(workspace, 'once 7', { minimumEvents: 1 })
    expect(evaluation.targets).toBeGreaterThan(0)
  })
})

test('50,000 behaviours', async () => {
  const workspace = await imported(52_000, (index) => [`user ${index % 100}`, `behaviour ${index % 50_000}`])
  const { evaluation, predictions } = await wholeWay(workspace, 'user 3', {
    split: { kind: 'time', train: 0.999, valid: 0.0005, test: 0.0005 },
  })
  expect(evaluation.classes.total).toBe(50_000)
  expect(evaluation).toMatchObject({ targets: 26, unseenTargets: 0 })
  // Hardly trained, but users return to what they did before.
  expect(evaluation.nll).toBeLessThan(Math.log(50_000))
  expect(predictions).toHaveLength(3)
})
