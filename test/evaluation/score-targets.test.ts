import { describe, expect, it } from 'vitest'
import { baselinePredictions } from '../../src/main/evaluation/baselines.ts'
import { countTargets, scoreTargets, type TargetStream } from '../../src/main/evaluation/score-targets.ts'
import { summarise } from '../../src/main/evaluation/summary.ts'
import { groupClasses } from '../../src/shared/long-tail.ts'
import { verbatim } from '../../src/shared/phrase.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { type FakeEvent, fakeBatches, fakeDataset } from './fake-dataset.ts'

const users: FakeEvent[][] = [
  [
    [0, 'train'],
    [1, 'train'],
    [0, 'train'],
    [2, 'valid'],
    [1, 'test'],
    [3, 'test'],
  ],
  [
    [0, 'train'],
    [2, 'test'],
  ],
  [
    [3, 'test'],
    [0, 'test'],
  ],
]
const dataset = fakeDataset(3, users)
const progress = { stage: verbatim('predicting'), context: silentContext }
const zeros = () => new Float64Array(3)

/** A model that scores classes by a function of the event to predict. */
function streamOf(scores: (event: number) => number[]): TargetStream {
  return {
    batches: fakeBatches(dataset, 'test'),
    logits: async (batch) => Float32Array.from([...zeros(), ...scores(batch.event[1])]),
  }
}

/** The test targets, as a model scores them that gives class 0 the number of the event, class 1 five and class 2 nothing. */
const scored = (priorCorrection: Float64Array | null) =>
  scoreTargets(
    streamOf((event) => [event, 5, 0]),
    countTargets(dataset, 'test'),
    zeros(),
    priorCorrection,
    progress,
  )

describe('scoring a split', () => {
  it('counts targets: never a first event, unseen behaviours in their own line', () => {
    expect(countTargets(dataset, 'test')).toEqual({ seen: 3, unseen: 1 })
    expect(countTargets(dataset, 'valid')).toEqual({ seen: 1, unseen: 0 })
  })

  it('gives one row per target in the order of events, whatever the order of batches', async () => {
    const predictions = await scored(null)
    expect([...predictions.event]).toEqual([4, 5, 7, 9])
    expect([...predictions.user]).toEqual([0, 0, 1, 2])
    expect([...predictions.target]).toEqual([1, 3, 2, 0])
    expect([...predictions.predicted]).toEqual([1, 0, 0, 0])
    expect([...predictions.rank]).toEqual([1, 0, 3, 1])
    expect([...predictions.top.subarray(5, 10)]).toEqual([0, 1, 2, -1, -1])
    expect(predictions.logProbability[1]).toBeNaN()
  })

  it('adds the post-hoc adjustment before ranking and the prior correction after it', async () => {
    const shift = Float64Array.of(0, 0, 10)
    const predictions = await scoreTargets(
      streamOf(() => [1, 0, 0]),
      countTargets(dataset, 'test'),
      shift,
      Float64Array.of(0, 0, -10),
      progress,
    )
    expect([...predictions.predicted]).toEqual([2, 2, 2, 2])
    expect([...predictions.corrected!.predicted]).toEqual([0, 0, 0, 0])
    expect(predictions.corrected!.confidence[0]).toBeCloseTo(Math.E / (Math.E + 2), 6)
  })

  it('notices when the batches do not hold each target once', async () => {
    const stream = streamOf(() => [0, 0, 0])
    const first = { ...stream, batches: [...stream.batches].slice(1) }
    await expect(scoreTargets(first, { seen: 3, unseen: 1 }, zeros(), null, progress)).rejects.toThrow(
      /each of its targets/,
    )
  })

  it('refuses a split without targets, and one whose behaviours were all unseen in training', async () => {
    const scored = (seen: number, unseen: number) =>
      scoreTargets(
        streamOf(() => [0, 0, 0]),
        { seen, unseen },
        zeros(),
        null,
        progress,
      )
    await expect(scored(0, 0)).rejects.toMatchObject({ code: 'input', message: expect.stringContaining('no targets') })
    await expect(scored(0, 4)).rejects.toMatchObject({ code: 'input', message: expect.stringContaining('(4)') })
  })

  it('counts the users of the targets that it counts: not one whose targets are all unseen behaviours', async () => {
    const predictions = await scored(null)
    // The only target of the second user.
    predictions.target[2] = 3
    const figures = await summarise(
      predictions,
      baselinePredictions(dataset, predictions),
      Uint8Array.of(0, 1, 2),
      { samples: 0, seed: 1 },
      silentContext,
    )
    expect(figures).toMatchObject({ targets: 2, unseenTargets: 2, users: 2 })
  })

  it('summarises to a result whose parts agree', async () => {
    const predictions = await scored(zeros())
    const figures = await summarise(
      predictions,
      baselinePredictions(dataset, predictions),
      Uint8Array.of(0, 1, 2),
      { samples: 200, seed: 1 },
      silentContext,
    )
    expect(figures).toMatchObject({
      targets: 3,
      unseenTargets: 1,
      users: 3,
      classes: { total: 3, supported: 3, unsupported: 0 },
      accuracy: 2 / 3,
      accuracyIncludingUnseen: 2 / 4,
      macroRecall: 2 / 3,
      worstGroup: { group: 'tail', recall: 0, macroRecall: 0 },
      groups: { head: { classes: 1, supportedClasses: 1, targets: 1, recall: 1 }, tail: { recall: 0, targets: 1 } },
      baselines: {
        mostFrequent: { accuracy: 1 / 3 },
        userMostFrequent: { accuracy: 1 / 3, groups: { head: { nll: null } } },
      },
    })
    // Nothing was distorted, so the correction by zeros changes nothing.
    expect(figures.nllAfterPriorCorrection).toBe(figures.nll)
    expect(figures.intervals.accuracy[0]).toBeLessThanOrEqual(figures.accuracy)
    expect(Object.keys(figures.intervals)).toEqual(
      expect.arrayContaining(['nll', 'nllAfterPriorCorrection', 'groups.head.recall', 'baselines.markov.macroRecall']),
    )
    expect(Object.keys(figures.intervals).filter((name) => name.includes('AfterPriorCorrection'))).toHaveLength(4)
    expect(figures.intervals).toHaveProperty(['baselines.markov.hr@10'])
    expect(figures.baselines.repeatLast).toMatchObject({ 'hr@10': null, mrr: null })
  })

  it('takes 50,000 behaviours in its stride', async () => {
    const classes = 50_000
    const history = Array.from(
      { length: 40 },
      (_, index): FakeEvent => [(index * 1237) % classes, index < 20 ? 'train' : 'test'],
    )
    const wide = fakeDataset(classes, [history])
    const stream: TargetStream = {
      batches: fakeBatches(wide, 'test'),
      logits: async (batch) =>
        new Float32Array(2 * classes).fill(1, classes + batch.target[1], classes + batch.target[1] + 1),
    }
    const predictions = await scoreTargets(
      stream,
      countTargets(wide, 'test'),
      new Float64Array(classes),
      null,
      progress,
    )
    expect(predictions.predicted).toEqual(predictions.target)
    expect(predictions.logProbability[0]).toBeCloseTo(1 - Math.log(classes - 1 + Math.E), 4)
    const groups = groupClasses(wide.trainingCounts, 'share')
    const figures = await summarise(
      predictions,
      baselinePredictions(wide, predictions),
      groups,
      { samples: 100, seed: 1 },
      silentContext,
    )
    expect(figures).toMatchObject({
      accuracy: 1,
      classes: { total: classes, supported: 20 },
      groups: { tail: { targets: 20 } },
    })
  })

  it('stops when cancelled', async () => {
    const context = { ...silentContext, signal: AbortSignal.abort() }
    await expect(
      scoreTargets(
        streamOf(() => [0, 0, 0]),
        { seen: 3, unseen: 1 },
        zeros(),
        null,
        { stage: verbatim(''), context },
      ),
    ).rejects.toMatchObject({ code: 'cancelled' })
  })
})
