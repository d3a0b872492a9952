import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { buildDataset } from '../../src/main/dataset/build.ts'
import { acquireLock } from '../../src/main/storage/locks.ts'
import { findRun, listRuns, readRunHistory, runLock } from '../../src/main/storage/runs.ts'
import { resumeRun, trainRun } from '../../src/main/training/run.ts'
import { loadCheckpointState, loadParameters, loadRun, unlistedRuns } from '../../src/main/training/run-directory.ts'
import { phrase, verbatim } from '../../src/shared/phrase.ts'
import { pauseReason, silentContext } from '../../src/shared/progress.ts'
import { measuredValidations } from '../../src/shared/runs.ts'
import { configure, type LogWorkspace } from '../support/log-workspace.ts'
import { createTrainingWorkspace, recordingContext, smallLog, smallRun } from './training-workspace.ts'

let log: LogWorkspace
beforeEach(async () => {
  log = await createTrainingWorkspace()
})
afterEach(() => log[Symbol.dispose]())

const train = (changes = {}, context = recordingContext()) => trainRun(log.workspace, smallRun(changes), context)
const last = (name: string) => loadParameters(loadRun(log.workspace, name), 'last')

/** A context that stops the run once it has made `step` steps. */
const stopAt = (step: number, reason: unknown) =>
  recordingContext((progress, controller) => {
    if (progress.done >= step) controller.abort(reason)
  })

describe('a run', () => {
  test('learns, and leaves how to repeat it, checkpoints and its history', async () => {
    const result = await train({ steps: 200, learningRate: 0.02, evaluateEvery: 50 })
    expect(result).toMatchObject({ name: 'run', status: 'done', step: 200, totalSteps: 200, stoppedEarly: false })

    const run = loadRun(log.workspace, 'run')
    expect(run).toMatchObject({ id: result.run, status: 'done', device: 'cpu', threads: 1 })
    expect(run.objectiveParameters).toEqual({ rho: 0.1 })
    expect(run.versions.node).toBe(process.versions.node)
    expect(Object.keys(run.configuration)).toContain('finalLearningRate')
    expect(loadParameters(run, 'last').length).toBe(run.parameterCount)
    expect(loadCheckpointState(run, 'best').step).toBe(result.best!.step)

    const { steps, groups, validations } = readRunHistory(log.workspace.database, run.id)
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
    expect(validations.map(({ step }) => step)).toEqual([50, 100, 150, 200])
    expect(groups.filter(({ step }) => step === 10).map(({ name }) => name)).toEqual(['head', 'middle', 'tail'])
    const untrained = Math.log(10)
    expect(validations.at(-1)!.nll).toBeLessThan(untrained - 0.5)
    expect(validations[0]).toMatchObject({ targets: 120 })
    expect(result.best!.value).toBe(Math.min(...validations.map(({ nll }) => nll)))
  })

  test('without a validation target says so before it starts, shows no figure, and takes the last checkpoint as the best', async () => {
    // After 60 % of the log every event has a behaviour that was not there before.
    const events = [...smallLog()]
    log.addSource(
      'new behaviours',
      events.map((event, index) =>
        index < 0.6 * events.length ? event : { ...event, behaviour: `new ${event.behaviour}` },
      ),
      { simulated: true },
    )
    const split = { kind: 'time', train: 0.6, valid: 0.2, test: 0.2 } as const
    const configuration = configure({ name: 'unseen', sources: ['new behaviours'], length: 8, split })
    await buildDataset(log.workspace, configuration, silentContext)
    const context = recordingContext()
    const result = await train({ dataset: 'unseen', steps: 20, evaluateEvery: 10, patience: 1 }, context)
    expect(context.warnings).toContainEqual(expect.stringContaining('There are no validation targets'))
    expect(result).toMatchObject({ status: 'done', stoppedEarly: false, best: { step: 20, value: null } })
    expect(result.validation!.metrics.targets).toBe(0)
    expect(loadCheckpointState(loadRun(log.workspace, 'run'), 'best').step).toBe(20)
    expect(findRun(log.workspace.database, 'run')).toMatchObject({ bestStep: 20, bestValue: null })
    expect(context.reports.at(-1)!.figures).not.toHaveProperty('validationNll')
    expect(measuredValidations(readRunHistory(log.workspace.database, result.run).validations)).toEqual([])
  })

  test('says while it trains how far it is, how fast, for how long yet, and the figures', async () => {
    const context = recordingContext()
    await train({}, context)
    const report = context.reports.at(-1)!
    expect(report).toMatchObject({ stage: phrase`training`, done: 30, total: 30, unit: 'steps', secondsLeft: 0 })
    expect(Object.keys(report.figures!)).toEqual([
      'loss',
      'learningRate',
      'gradientNorm',
      'tokensPerSecond',
      'headLoss',
      'headWeight',
      'middleLoss',
      'middleWeight',
      'tailLoss',
      'tailWeight',
      'validationNll',
      'validationAccuracy',
      'validationMacroRecall',
    ])
    expect(report.figures!.tokensPerSecond).toBeGreaterThan(0)
    expect(report.figures!.tailWeight).toBeGreaterThan(1)
  })

  test('is repeated bit for bit by the same configuration, and differs with another seed', async () => {
    await train({ name: 'first' })
    await train({ name: 'second' })
    await train({ name: 'third', seed: 2 })
    expect(last('second')).toEqual(last('first'))
    expect(last('third')).not.toEqual(last('first'))
  })

  test('has the seed of its dataset unless it is given one', async () => {
    await buildDataset(log.workspace, configure({ name: 'seventh', length: 8, seed: 7 }), silentContext)
    for (const [name, changes] of [
      ['its own', { seed: 3 }],
      ["the dataset's", {}],
    ] as const) {
      await train({ dataset: 'seventh', name, steps: 1, ...changes })
    }
    expect(loadRun(log.workspace, 'its own').configuration.seed).toBe(3)
    expect(loadRun(log.workspace, "the dataset's").configuration.seed).toBe(7)
  })

  // One of each kind of graph and of adversary; the others differ from these in pure functions with tests of their own.
  test.each(['ce', 'focal', 'balanced-softmax', 'sample-kl', 'sample-cvar'] as const)(
    'trains with the objective %s',
    async (name) => {
      const { validation } = await train({ objective: { name, updateEvery: 2 }, steps: 6 })
      expect(Number.isFinite(validation!.metrics.nll)).toBe(true)
    },
  )

  test('takes a name of its own where none is given, and refuses one that is taken', async () => {
    await train({ name: undefined, steps: 1 })
    await train({ name: undefined, steps: 1 })
    expect(
      listRuns(log.workspace.database)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['small-dro-kl', 'small-dro-kl-2'])
    await expect(train({ name: 'small-dro-kl' })).rejects.toMatchObject({ code: 'conflict' })
  })

  test('counts epochs in batches, and a part of an epoch too', async () => {
    const batches = (await train({ name: 'one', steps: undefined, epochs: 1 })).totalSteps
    expect(batches).toBe(loadRun(log.workspace, 'one').stepsPerEpoch)
    const half = await train({ name: 'half', steps: undefined, epochs: 0.5, accumulation: 2 })
    expect(half.totalSteps).toBe(Math.ceil(Math.ceil(batches / 2) / 2))
  })

  test('wants exactly one of epochs and steps, and known objective parameters, before any work', async () => {
    await expect(train({ epochs: 1 })).rejects.toMatchObject({ code: 'usage' })
    await expect(train({ steps: undefined })).rejects.toMatchObject({ code: 'usage' })
    await expect(train({ learningRate: -1 })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('learningRate'),
    })
    await expect(train({ objective: { name: 'dro-kl', parameters: { r: 1 } } })).rejects.toMatchObject({
      code: 'usage',
    })
    await expect(train({ dataset: 'none' })).rejects.toMatchObject({ code: 'not-found' })
    expect(readdirSync(log.workspace.runs)).toEqual([])
  })

  test('stops early when the named metric has not improved for so many validations', async () => {
    const result = await train({ learningRate: 1e-9, evaluateEvery: 2, patience: 3, selectBy: 'accuracy' })
    expect(result).toMatchObject({ status: 'done', stoppedEarly: true, step: 8, best: { step: 2 } })
    expect(findRun(log.workspace.database, 'run').status).toBe('done')
  })
})

test('a run of before there were phrases is read, and why its device was taken is as it was', async () => {
  await train({ steps: 2 })
  const { directory, deviceReason } = loadRun(log.workspace, 'run')
  expect(deviceReason).toEqual(phrase`cpu, as asked.`)
  const file = path.join(directory, 'run.json')
  const document = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify({ ...document, deviceReason: 'webgpu, the fastest {0} here.' }))
  const before = { template: 'webgpu, the fastest {0} here.', values: [] }
  expect(loadRun(log.workspace, 'run').deviceReason).toEqual(before)
})

describe('a run that is stopped', () => {
  test.each([
    ['dro-kl', 1],
    ['group-dro', 2],
  ] as const)(
    'by a pause goes on bit for bit as if nothing had been (%s, accumulation %i)',
    async (name, accumulation) => {
      const changes = { objective: { name, updateEvery: 3 }, accumulation, selectBy: 'macroRecall' as const }
      await train({ ...changes, name: 'whole' })
      const paused = await train({ ...changes }, stopAt(7, pauseReason))
      expect(paused.status).toBe('paused')
      expect(paused.step).toBeGreaterThanOrEqual(7)
      expect(paused.step).toBeLessThan(30)
      expect(findRun(log.workspace.database, 'run').status).toBe('paused')

      const resumed = await resumeRun(log.workspace, { run: 'run' }, silentContext)
      expect(resumed).toMatchObject({ status: 'done', step: 30 })
      for (const checkpoint of ['last', 'best'] as const) {
        expect(loadParameters(loadRun(log.workspace, 'run'), checkpoint)).toEqual(
          loadParameters(loadRun(log.workspace, 'whole'), checkpoint),
        )
      }
      const history = (run: string) => {
        const { steps, groups, validations } = readRunHistory(log.workspace.database, loadRun(log.workspace, run).id)
        return { steps: steps.map(({ tokensPerSecond: _, ...row }) => row), groups, validations }
      }
      expect(history('run')).toEqual(history('whole'))
    },
  )

  test('by a cancellation says so, keeps its checkpoint, and can be resumed', async () => {
    await expect(train({}, stopAt(5, 'cancel'))).rejects.toMatchObject({
      code: 'cancelled',
      hint: expect.stringContaining('--resume run'),
    })
    expect(findRun(log.workspace.database, 'run').status).toBe('cancelled')
    await resumeRun(log.workspace, { run: 'run' }, silentContext)
    await train({ name: 'whole' })
    expect(last('run')).toEqual(last('whole'))
  })

  test('within a validation repeats the validation', async () => {
    const context = recordingContext((progress, controller) => {
      if (progress.stage.template === 'validating' && progress.done === 20) controller.abort(pauseReason)
    })
    const { step, validation } = await train({}, context)
    expect([step, validation!.step]).toEqual([20, 10])
    await resumeRun(log.workspace, { run: 'run' }, silentContext)
    const { validations } = readRunHistory(log.workspace.database, loadRun(log.workspace, 'run').id)
    expect(validations.map((row) => row.step)).toEqual([10, 20, 30])
  })

  test('because it is finished or unknown is not resumed', async () => {
    await train({ steps: 2 })
    await expect(resumeRun(log.workspace, { run: 'run' }, silentContext)).rejects.toMatchObject({ code: 'conflict' })
    await expect(resumeRun(log.workspace, { run: 'runn' }, silentContext)).rejects.toMatchObject({
      code: 'not-found',
      hint: 'The latest runs: run.',
    })
  })

  test('is refused to a second process while the first one trains it', async () => {
    const { run } = await train({}, stopAt(5, pauseReason))
    using _other = acquireLock(log.workspace.database, runLock(run), phrase`training the run "run"`)
    await expect(resumeRun(log.workspace, { run: 'run' }, silentContext)).rejects.toMatchObject({ code: 'locked' })
  })
})

describe('a run that diverges', () => {
  test('stops with the step, a likely cause and the last good checkpoint', async () => {
    const failure = await train({ learningRate: 1e30, warmup: 0, checkpointEvery: 1 }).catch((error) => error)
    expect(failure).toMatchObject({ code: 'diverged', hint: expect.stringContaining('lower learning rate') })
    const step = Number(/diverged at step (\d+)/.exec(failure.message)![1])
    expect(failure.message).toContain('learning rate')
    expect(failure.message).toContain(`The checkpoint "last" of step ${step - 1} is intact.`)
    const run = loadRun(log.workspace, 'run')
    expect(run.status).toBe('diverged')
    expect(loadCheckpointState(run, 'last').step).toBe(step - 1)
    expect(loadParameters(run, 'last').every(Number.isFinite)).toBe(true)
    expect(findRun(log.workspace.database, 'run').error).toMatchObject({ code: 'diverged' })
    await expect(resumeRun(log.workspace, { run: 'run' }, silentContext)).rejects.toMatchObject({ code: 'conflict' })
  })
})

test('a run that explodes within the finite numbers says that it predicts worse than chance', async () => {
  const sound = recordingContext()
  await train({ steps: 10 }, sound)
  expect(sound.warnings.join()).not.toContain('worse than equal probabilities')

  const exploding = recordingContext()
  await train({ name: 'exploding', steps: 10, learningRate: 10, warmup: 0 }, exploding)
  expect(exploding.warnings.join()).toMatch(/validation NLL at step 10 is .* worse than equal probabilities/)
})

test('a training leaves alone what the database does not list, and lists its folders as such: runs from before a restored backup, and folders of a person', async () => {
  const { run } = await train({ steps: 1 })
  const own = path.join(log.workspace.runs, 'notes')
  const lost = path.join(log.workspace.runs, '20250101-000000-abcdef')
  mkdirSync(own)
  cpSync(path.join(log.workspace.runs, run), lost, { recursive: true })
  await train({ name: 'another', steps: 1 })
  expect([own, lost, path.join(lost, 'checkpoints')].filter((place) => !existsSync(place))).toEqual([])
  expect(unlistedRuns(log.workspace)).toEqual([lost])
})

test('a run that is just being made is not told as unlisted', async () => {
  const { run } = await train({ steps: 1 })
  const id = '20250101-000000-abcdef'
  cpSync(path.join(log.workspace.runs, run), path.join(log.workspace.runs, id), { recursive: true })
  using _lock = acquireLock(log.workspace.database, runLock(id), verbatim('training'))
  expect(unlistedRuns(log.workspace)).toEqual([])
})
