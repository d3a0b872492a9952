import { beforeEach, describe, expect, test } from 'vitest'
import { headEventClasses } from '../../src/main/dataset/event-classes.ts'
import { countHeadTargets } from '../../src/main/dataset/head-targets.ts'
import { openDataset } from '../../src/main/dataset/open.ts'
import { evaluateRun } from '../../src/main/evaluation/evaluate.ts'
import { readRunHistory } from '../../src/main/storage/runs.ts'
import { resumeRun, trainRun } from '../../src/main/training/run.ts'
import { loadParameters, loadRun } from '../../src/main/training/run-directory.ts'
import type { TrainConfigurationInput } from '../../src/shared/configuration.ts'
import { gapBoundaries, gapBucket, gapBuckets, gapNames } from '../../src/shared/gaps.ts'
import { pauseReason, silentContext } from '../../src/shared/progress.ts'
import type { LogWorkspace } from '../support/log-workspace.ts'
import { createTrainingWorkspace, recordingContext, smallRun } from './training-workspace.ts'

let log: LogWorkspace
beforeEach(async () => {
  log = await createTrainingWorkspace()
  return () => log[Symbol.dispose]()
})

const options = (name: string, changes: Partial<TrainConfigurationInput> = {}): TrainConfigurationInput =>
  smallRun({
    name,
    model: {
      preset: 'nano',
      streamWidth: 4,
      layers: 1,
      heads: 2,
      locationHead: true,
      gapHead: true,
      locationDropout: 0.5,
    },
    ...changes,
  })
const train = (name: string, changes: Partial<TrainConfigurationInput> = {}, context = recordingContext()) =>
  trainRun(log.workspace, options(name, changes), context)
const last = (name: string) => loadParameters(loadRun(log.workspace, name), 'last')
const historyOf = (name: string) => readRunHistory(log.workspace.database, loadRun(log.workspace, name).id)

describe('a training with extra heads', () => {
  test('learns where and how soon, records the plain loss of each head, and validates both', async () => {
    const context = recordingContext()
    const result = await train('run', { steps: 120, learningRate: 0.02, evaluateEvery: 40 }, context)
    const { headSteps, headValidations } = historyOf('run')
    expect(headSteps).toHaveLength(240)
    const lossOf = (head: string, step: number) => headSteps.find((row) => row.head === head && row.step === step)!.loss
    // Users stay at one place of three and act once a day: both are certain once learned, the place from the window alone before.
    expect(lossOf('location', 120)).toBeLessThan(lossOf('location', 1) / 2)
    expect(lossOf('gap', 1)).toBeGreaterThan(lossOf('gap', 120))
    expect(lossOf('gap', 120)).toBeLessThan(0.1)
    expect(headValidations.map(({ step, head }) => [step, head])).toEqual(
      [40, 80, 120].flatMap((step) => [
        [step, 'gap'],
        [step, 'location'],
      ]),
    )
    expect(result.validation!.metrics.heads!.location!.accuracy).toBe(1)
    expect(context.reports.at(-1)!.figures).toMatchObject({
      locationLoss: lossOf('location', 120),
      gapLoss: lossOf('gap', 120),
      validationLocationAccuracy: 1,
      validationGapAccuracy: 1,
    })
  })

  test('minimises the loss of the behaviours plus each plain head loss times its weight', async () => {
    // Without dropout the first step of each has the same batch and parameters, but for the heads.
    const model = { preset: 'nano', streamWidth: 4, layers: 1, heads: 2, dropout: 0, embeddingDropout: 0 } as const
    await train('plain', { steps: 1, model })
    const heads = { ...model, locationHead: true, gapHead: true }
    await train('both', { steps: 1, model: heads, locationWeight: 0.3, gapWeight: 2 })
    const [{ loss }] = historyOf('both').steps
    const [gap, location] = historyOf('both').headSteps.map((row) => row.loss)
    expect(loss).toBeCloseTo(historyOf('plain').steps[0].loss + 0.3 * location + 2 * gap, 5)
  })

  test('interrupted, goes on and ends with the same bits', async () => {
    await train('whole')
    const context = recordingContext(({ done }, controller) => {
      if (done >= 13) controller.abort(pauseReason)
    })
    expect(await train('run', {}, context)).toMatchObject({ status: 'paused' })
    await resumeRun(log.workspace, { run: 'run' }, silentContext)
    expect(last('run')).toEqual(last('whole'))
    expect(historyOf('run').headSteps).toEqual(historyOf('whole').headSteps)
    expect(historyOf('run').headValidations).toEqual(historyOf('whole').headValidations)
  })

  test.each<[string, Partial<TrainConfigurationInput>]>([
    ['with an adversary', { objective: { name: 'dro-kl', updateEvery: 3 } }],
    ['with weights by sample', { objective: { name: 'sample-cvar' } }],
    ['with accumulation', { objective: { name: 'group-dro', updateEvery: 3 }, accumulation: 4, steps: 9 }],
  ])('several steps in one call of the device give the same bits, %s', async (_, changes) => {
    await train('one', changes)
    await train('seven', { ...changes, stepsPerCall: 7 })
    expect(last('seven')).toEqual(last('one'))
    expect(historyOf('seven').headSteps).toEqual(historyOf('one').headSteps)
  })

  test('says which weight is without a head', async () => {
    const context = recordingContext()
    await trainRun(log.workspace, smallRun({ steps: 1, locationWeight: 0.5, gapWeight: 2 }), context)
    expect(context.warnings.filter((warning) => /(location|gap) weight has no effect/.test(warning))).toHaveLength(2)
  })

  test('has no more parameters, history or figures without them', async () => {
    const context = recordingContext()
    await trainRun(log.workspace, smallRun(), context)
    const { headSteps, headValidations } = historyOf('run')
    expect([...headSteps, ...headValidations]).toEqual([])
    expect(Object.keys(context.reports.at(-1)!.figures!).filter((name) => /location|gap/i.test(name))).toEqual([])
  })
})

test('the figures of an evaluation of the validation period are those of the last validation', async () => {
  const { validation } = await train('run')
  const { heads } = await evaluateRun(
    log.workspace,
    { run: 'run', split: 'valid', checkpoint: 'last', bootstrapSamples: 0 },
    silentContext,
  )
  const { location, gap } = validation!.metrics.heads!
  expect(heads!.location!.nll).toBeCloseTo(location!.nll, 5)
  expect(heads!.location!.accuracy).toBeCloseTo(location!.accuracy, 10)
  expect(heads!.gap!.nll).toBeCloseTo(gap!.nll, 5)
  expect(heads!.gap!.accuracy).toBeCloseTo(gap!.accuracy, 10)
})

describe('what the heads predict', () => {
  test('a gap is of the bucket whose bounds it lies between', () => {
    expect(gapBuckets).toBe(gapBoundaries.length + 1)
    expect(gapNames).toHaveLength(gapBuckets)
    expect([-3_600_000, 0, 1, 59_999, 60_000, 86_399_999, 86_400_000, 20 * 86_400_000].map(gapBucket)).toEqual([
      0, 0, 1, 1, 2, 10, 11, 15,
    ])
    for (const [index, boundary] of gapBoundaries.entries()) {
      expect(gapBucket(boundary - 1)).toBe(index)
      expect(gapBucket(boundary)).toBe(index + 1)
    }
  })

  test('the counts that the biases start from are of the training targets alone', () => {
    const dataset = openDataset(log.workspace, 'small')
    const expected = {
      location: new Array<number>(dataset.locations.length).fill(0),
      gap: new Array<number>(gapBuckets).fill(0),
    }
    const { split, location, time } = dataset.columns
    for (let user = 0; user < dataset.users.length; user++) {
      for (let event = dataset.userOffsets[user] + 1; event < dataset.userOffsets[user + 1]; event++) {
        if (split[event] !== 0) continue
        expected.location[location[event]]++
        expected.gap[gapBoundaries.filter((boundary) => time[event] - time[event - 1] >= boundary).length]++
      }
    }
    expect(Array.from(countHeadTargets(dataset, 'location'))).toEqual(expected.location)
    expect(Array.from(countHeadTargets(dataset, 'gap'))).toEqual(expected.gap)
  })

  test('a first event has no gap, and a place outside the vocabulary is none of the known ones', () => {
    const dataset = openDataset(log.workspace, 'small')
    const gaps = headEventClasses(dataset, 'gap')
    const known = headEventClasses(dataset, 'knownLocation')
    for (const first of dataset.userOffsets.subarray(0, -1)) expect(gaps.ids[first]).toBe(gapBuckets)
    expect(gaps.ids.filter((id) => id === gapBuckets)).toHaveLength(dataset.users.length)
    expect(known.classes).toBe(dataset.locations.length - 1)
    expect(known.ids).toEqual(dataset.columns.location.map((id) => (id === 0 ? dataset.locations.length - 1 : id - 1)))
  })
})
