import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readRunHistory } from '../../src/main/storage/runs.ts'
import { resumeRun, trainRun } from '../../src/main/training/run.ts'
import { loadCheckpointState, loadParameters, loadRun } from '../../src/main/training/run-directory.ts'
import type { TrainConfigurationInput } from '../../src/shared/configuration.ts'
import { pauseReason, silentContext } from '../../src/shared/progress.ts'
import type { LogWorkspace } from '../support/log-workspace.ts'
import { createTrainingWorkspace, recordingContext, smallRun } from './training-workspace.ts'

let log: LogWorkspace
beforeEach(async () => {
  log = await createTrainingWorkspace()
})
afterEach(() => log[Symbol.dispose]())

const train = (changes: Partial<TrainConfigurationInput> = {}, context = recordingContext()) =>
  trainRun(log.workspace, smallRun(changes), context)

/** Everything that a run leaves behind, but for its speed. */
function remains(name: string) {
  const run = loadRun(log.workspace, name)
  const { steps, groups, validations } = readRunHistory(log.workspace.database, run.id)
  const checkpoints = (['last', 'best'] as const).map((checkpoint) => {
    const { run: _, savedAt: __, ...state } = loadCheckpointState(run, checkpoint)
    return { state, parameters: loadParameters(run, checkpoint) }
  })
  return { steps: steps.map(({ tokensPerSecond: _, ...row }) => row), groups, validations, checkpoints }
}

/** Pauses a run once it has made `step` steps. */
const pauseAt = (step: number) =>
  recordingContext((progress, controller) => {
    if (progress.done >= step) controller.abort(pauseReason)
  })

describe('a run of several steps per call is the run of one, bit for bit', () => {
  test.each<[string, Partial<TrainConfigurationInput>]>([
    ['without an adversary', { objective: { name: 'focal' }, evaluateEvery: 9 }],
    ['with an adversary that answers within a call', { objective: { name: 'dro-kl', updateEvery: 3 } }],
    ['with one that answers seldom', { objective: { name: 'dro-chi2', updateEvery: 10 }, evaluateEvery: 8 }],
    ['with validations once an epoch', { objective: { name: 'balanced-softmax' }, evaluateEvery: undefined }],
    ['with checkpoints at steps of their own', { checkpointEvery: 4, evaluateEvery: 8 }],
    ['with accumulation', { objective: { name: 'group-dro', updateEvery: 3 }, accumulation: 9, steps: 12 }],
    ['stopped early', { learningRate: 1e-9, evaluateEvery: 4, patience: 2, selectBy: 'accuracy' }],
  ])('%s', async (_, changes) => {
    await train({ ...changes, name: 'one', stepsPerCall: 1 })
    await train({ ...changes, name: 'seven', stepsPerCall: 7 })
    expect(remains('seven')).toEqual(remains('one'))
  })

  test('interrupted in the middle', async () => {
    await train({ name: 'one', objective: { name: 'dro-tv', updateEvery: 5 } })
    const paused = await train({ stepsPerCall: 7, objective: { name: 'dro-tv', updateEvery: 5 } }, pauseAt(3))
    expect(paused).toMatchObject({ status: 'paused', step: 5 })
    await resumeRun(log.workspace, { run: 'run' }, silentContext)
    expect(remains('run')).toEqual(remains('one'))
  })
})

test.each([
  ['the checkpoint before the call', undefined],
  ['the one that was due between two of its steps', 1],
])('a divergence is told of its own step, and %s is intact', async (_, checkpointEvery) => {
  const diverging = { objective: { name: 'ce' }, learningRate: 1e30, warmup: 0, checkpointEvery } as const
  const failures = []
  for (const [name, stepsPerCall] of [
    ['one', 1],
    ['seven', 7],
  ] as const) {
    failures.push(await train({ ...diverging, name, stepsPerCall }).catch((error) => error))
  }
  expect(failures[1]).toMatchObject({ code: 'diverged', message: failures[0].message })
  const [one, seven] = ['one', 'seven'].map((name) => loadCheckpointState(loadRun(log.workspace, name), 'last').step)
  expect(seven).toBe(one)
})

describe('the number of steps in a call', () => {
  test('is 1 on the cpu unless given, and is kept with the run', async () => {
    await train({ steps: 1 })
    expect(loadRun(log.workspace, 'run')).toMatchObject({ stepsPerCall: 1, configuration: { stepsPerCall: 'auto' } })
    await train({ name: 'given', steps: 1, stepsPerCall: 3 })
    expect(loadRun(log.workspace, 'given').stepsPerCall).toBe(3)
  })

  test('is 1 in a run from before there were several, which goes on as it would have', async () => {
    await train({ name: 'whole' })
    await train({}, pauseAt(7))
    const file = path.join(loadRun(log.workspace, 'run').directory, 'run.json')
    const { stepsPerCall: _, configuration, ...document } = JSON.parse(readFileSync(file, 'utf8'))
    const { stepsPerCall: __, ...oldConfiguration } = configuration
    writeFileSync(file, JSON.stringify({ ...document, configuration: oldConfiguration }))
    expect(loadRun(log.workspace, 'run').stepsPerCall).toBe(1)
    await resumeRun(log.workspace, { run: 'run' }, silentContext)
    expect(remains('run')).toEqual(remains('whole'))
  })

  test.each([0, 1.5, 'many'])('is refused when it is %s', async (stepsPerCall) => {
    await expect(train({ stepsPerCall: stepsPerCall as number })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('stepsPerCall'),
    })
  })
})
