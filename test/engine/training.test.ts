import assert from 'node:assert'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Batch } from '../../src/main/dataset/types.ts'
import { randomBatch } from '../../src/main/engine/probe.ts'
import {
  createTrainingStep,
  type StepInputs,
  type StepResult,
  type TrainingState,
  type TrainingStep,
  type TrainingStepOptions,
} from '../../src/main/engine/training.ts'
import { interpret } from '../../src/main/graph/index.ts'
import { dropoutFeeds } from '../../src/main/model/dropout.ts'
import { stepScalars } from '../../src/main/model/optimizer.ts'
import { initializeParameters, layoutParameters } from '../../src/main/model/parameters.ts'
import { buildTrainingStep, compileTrainingStep } from '../../src/main/model/training-step.ts'
import { propertySeed } from '../graph/support/evaluation.ts'
import { operatorsOf } from '../graph/support/operators.ts'
import { headFeeds, interpreterFeeds, paddedBatch, scalar, tinyModel, vector } from '../model/support.ts'

const model = tinyModel({ targetTime: true, dropout: 0.2, embeddingDropout: 0.2 })
const [size, length] = [3, 4]

function options(changes: Partial<TrainingStepOptions> = {}): TrainingStepOptions {
  return {
    model,
    batch: size,
    length,
    objective: { shift: false },
    optimizer: { betas: [0.9, 0.98], weightDecay: 0.01, decayEmbeddings: false, gradientClip: 1 },
    device: 'cpu',
    threads: 1,
    seed: 5,
    accumulation: 1,
    stepsPerCall: 1,
    ...changes,
  }
}

async function withStep<Result>(
  changes: Partial<TrainingStepOptions>,
  use: (training: TrainingStep) => Promise<Result>,
): Promise<Result> {
  const training = await createTrainingStep(options(changes))
  try {
    return await use(training)
  } finally {
    await training.dispose()
  }
}

/** A different batch for each step. */
const batchOf = (step: number) => randomBatch(model, size, length, step)

/** A batch whose counted tokens all weigh the same. */
const counted = (batch: Batch) => ({ batch, weights: batch.counted })

/** One step on one batch, or on several whose gradients are added. */
async function stepOn(
  training: TrainingStep,
  batches: Batch | readonly Batch[],
  inputs: Omit<StepInputs, 'batches'>,
): Promise<StepResult> {
  const [result] = await training.steps([{ batches: [batches].flat().map(counted), ...inputs }])
  return result
}

const stepInputs = (step: number): StepInputs => ({ batches: [counted(batchOf(step))], step, learningRate: 1e-2 })

async function train(training: TrainingStep, from: number, until: number): Promise<number[]> {
  const losses: number[] = []
  for (let step = from; step <= until; step++) losses.push((await training.steps([stepInputs(step)]))[0].loss)
  return losses
}

const bits = ({ parameters, firstMoment, secondMoment }: TrainingState) =>
  [parameters, firstMoment, secondMoment].map((values) => Buffer.from(values.buffer).toString('base64'))

describe('the training step on ONNX Runtime', () => {
  test('agrees with the float64 interpreter in everything it returns and in its new state', async () => {
    const objective = { shift: true, focalGamma: 2 }
    const batch = paddedBatch(model, size, length, 2)
    const shift = Float32Array.from({ length: model.behaviours }, (_, index) => 0.1 * index)
    const learningRate = 1e-2
    await withStep({ objective }, async (training) => {
      const result = await stepOn(training, batch, { shift, step: 1, learningRate })
      const state = await training.readState()

      const { count } = training.layout
      const settings = options({ objective })
      const { dropoutRows, keptEvents } = dropoutFeeds(model, size * length, { seed: 5, step: 1, micro: 0 })
      const scalars = stepScalars(settings.optimizer, learningRate, 1)
      const expected = interpret(buildTrainingStep(settings), {
        ...interpreterFeeds(model, batch),
        dropoutRows: { data: dropoutRows!, shape: [3, size * length] },
        keptEvents: { data: keptEvents!, shape: [size, length] },
        target: vector(batch.target),
        weights: vector(batch.counted),
        shift: vector(shift),
        tokens: scalar(size * length - 2),
        parameters: vector(initializeParameters(training.layout, 5)),
        firstMoment: vector(new Float64Array(count)),
        secondMoment: vector(new Float64Array(count)),
        stepSize: scalar(scalars.stepSize),
        epsilon: scalar(scalars.epsilon),
        keep: scalar(scalars.keep),
      })
      expect(result.loss).toBeCloseTo(expected.loss.data[0], 5)
      expect(result.gradientNorm).toBeCloseTo(expected.gradientNorm.data[0], 4)
      expected.tokenLoss.data.forEach((loss, token) => {
        expect(result.tokenLoss[0][token]).toBeCloseTo(loss, 5)
      })
      expected.nextFirstMoment.data.forEach((moment, index) => {
        expect(state.firstMoment[index]).toBeCloseTo(moment, 5)
      })
      // The first step of AdamW is about lr * sign(gradient): only where the gradient is clearly not zero it is determined.
      expected.nextParameters.data.forEach((value, index) => {
        if (Math.abs(expected.nextFirstMoment.data[index]) > 1e-5) expect(state.parameters[index]).toBeCloseTo(value, 5)
      })
    })
  })

  test('with extra heads it does so too, and tells the plain loss of each', async () => {
    const withHeads = tinyModel({ locationHead: true, gapHead: true })
    const batch = paddedBatch(withHeads, size, length, 2)
    const headWeights = { location: 0.5, gap: 2 }
    await withStep({ model: withHeads, headWeights }, async (training) => {
      const result = await stepOn(training, batch, { step: 1, learningRate: 1e-2 })
      const state = await training.readState()
      const { count } = training.layout
      const settings = options({ model: withHeads, headWeights })
      const scalars = stepScalars(settings.optimizer, 1e-2, 1)
      const tokens = size * length - 2
      const expected = interpret(buildTrainingStep(settings), {
        ...interpreterFeeds(withHeads, batch),
        ...headFeeds(withHeads, batch),
        target: vector(batch.target),
        weights: vector(batch.counted),
        tokens: scalar(tokens),
        parameters: vector(initializeParameters(training.layout, 5)),
        firstMoment: vector(new Float64Array(count)),
        secondMoment: vector(new Float64Array(count)),
        stepSize: scalar(scalars.stepSize),
        epsilon: scalar(scalars.epsilon),
        keep: scalar(scalars.keep),
      })
      expect(result.loss).toBeCloseTo(expected.loss.data[0], 5)
      expect(result.headLosses.location).toBeCloseTo(expected.locationLossSum.data[0] / tokens, 5)
      expect(result.headLosses.gap).toBeCloseTo(expected.gapLossSum.data[0] / tokens, 5)
      expect(result.gradientNorm).toBeCloseTo(expected.gradientNorm.data[0], 4)
      expected.nextFirstMoment.data.forEach((moment, index) => {
        expect(state.firstMoment[index]).toBeCloseTo(moment, 5)
      })
    })
  })

  test('twenty steps on one batch reduce its loss', async () => {
    const losses = await withStep({}, async (training) => {
      const batch = batchOf(1)
      const result: number[] = []
      for (let step = 1; step <= 20; step++) {
        result.push((await stepOn(training, batch, { step, learningRate: 1e-2 })).loss)
      }
      return result
    })
    expect(losses[19]).toBeLessThan(0.8 * losses[0])
  })

  test('two trainings are bit-identical', async () => {
    const run = () =>
      withStep({}, async (training) => ({ losses: await train(training, 1, 6), state: await training.readState() }))
    const [first, second] = [await run(), await run()]
    expect(first.losses).toEqual(second.losses)
    expect(bits(first.state)).toEqual(bits(second.state))
  })

  test('a state carried to another training step in the middle ends bit-identical: no state hides in the session', async () => {
    const whole = await withStep({}, async (training) => {
      await train(training, 1, 6)
      return training.readState()
    })
    const middle = await withStep({}, async (training) => {
      await train(training, 1, 3)
      return training.readState()
    })
    const resumed = await withStep({}, async (training) => {
      await train(training, 1, 2) // whatever it did before
      await training.writeState(middle)
      await train(training, 4, 6)
      return training.readState()
    })
    expect(bits(resumed)).toEqual(bits(whole))
  })

  test('a state that was read does not change when the training goes on', async () => {
    await withStep({}, async (training) => {
      await train(training, 1, 1)
      const state = await training.readState()
      const before = bits(state)
      await train(training, 2, 3)
      expect(bits(state)).toEqual(before)
    })
  })

  test('other seeds and other steps drop other elements; without dropout they change nothing', async () => {
    const lossAt = (changes: Partial<TrainingStepOptions>, step: number) =>
      withStep(changes, async (training) => {
        await training.writeState({
          parameters: initializeParameters(training.layout, 1),
          firstMoment: new Float32Array(training.layout.count),
          secondMoment: new Float32Array(training.layout.count),
        })
        const batch = batchOf(1)
        return (await stepOn(training, batch, { step, learningRate: 0 })).loss
      })
    const reference = await lossAt({ seed: 5 }, 1)
    expect(await lossAt({ seed: 5 }, 1)).toBe(reference)
    expect(await lossAt({ seed: 6 }, 1)).not.toBe(reference)
    expect(await lossAt({ seed: 5 }, 2)).not.toBe(reference)
    const plain = { model: { ...model, dropout: 0, embeddingDropout: 0 } }
    expect(await lossAt({ ...plain, seed: 5 }, 1)).toBe(await lossAt({ ...plain, seed: 6 }, 2))
  })

  test('tokens that do not count do not move the parameters', async () => {
    const stateAfter = (other: number) =>
      withStep({}, async (training) => {
        const batch = paddedBatch(model, size, length, 2)
        for (const position of [6, 7]) {
          batch.target[position] = other
          batch.location[position] = other % 3
        }
        const result = await stepOn(training, batch, { step: 1, learningRate: 1e-2 })
        return { loss: result.loss, state: bits(await training.readState()) }
      })
    expect(await stateAfter(0)).toEqual(await stateAfter(model.behaviours))
  })
})

describe('accumulation', () => {
  const plain = { ...model, dropout: 0, embeddingDropout: 0 }

  test('three micro-batches make the step of one batch of three times the size', async () => {
    const large = randomBatch(plain, 3 * size, length)
    large.counted[2] = 0
    const parts = [0, 1, 2].map((part) => ({
      ...large,
      size,
      behaviour: large.behaviour.slice(part * size * length, (part + 1) * size * length),
      location: large.location.slice(part * size * length, (part + 1) * size * length),
      weekday: large.weekday.slice(part * size * length, (part + 1) * size * length),
      slot: large.slot.slice(part * size * length, (part + 1) * size * length),
      targetWeekday: large.targetWeekday.slice(part * size * length, (part + 1) * size * length),
      targetSlot: large.targetSlot.slice(part * size * length, (part + 1) * size * length),
      target: large.target.slice(part * size * length, (part + 1) * size * length),
      counted: large.counted.slice(part * size * length, (part + 1) * size * length),
      priorCounts: large.priorCounts.slice(
        (part * large.priorCounts.length) / 3,
        ((part + 1) * large.priorCounts.length) / 3,
      ),
    }))
    const moment = { step: 1, learningRate: 1e-2 }
    const whole = await withStep({ model: plain, batch: 3 * size }, async (training) => ({
      result: await stepOn(training, large, moment),
      state: await training.readState(),
    }))
    await withStep({ model: plain, accumulation: 3 }, async (training) => {
      const result = await stepOn(training, parts, moment)
      const { firstMoment } = await training.readState()
      expect(result.loss).toBeCloseTo(whole.result.loss, 5)
      expect(result.gradientNorm).toBeCloseTo(whole.result.gradientNorm, 5)
      firstMoment.forEach((value, index) => {
        expect(value).toBeCloseTo(whole.state.firstMoment[index], 6)
      })

      // Nothing of the last step is left in the next one.
      const next = await stepOn(training, parts[0], { step: 2, learningRate: 0 })
      const alone = await withStep({ model: plain }, async (other) => {
        await other.writeState(await training.readState())
        return stepOn(other, parts[0], { step: 2, learningRate: 0 })
      })
      expect(next.gradientNorm).toBeCloseTo(alone.gradientNorm, 5)
    })
  })

  test('each batch of a step has dropout masks of its own', async () => {
    await withStep({ accumulation: 2 }, async (training) => {
      const { tokenLoss } = await stepOn(training, [batchOf(1), batchOf(1)], { step: 1, learningRate: 0 })
      expect(tokenLoss[0]).not.toEqual(tokenLoss[1])
    })
  })

  test('more batches than the graphs were made for are a programming error', async () => {
    const two = [batchOf(1), batchOf(2)]
    await withStep({}, (training) =>
      expect(stepOn(training, two, { step: 1, learningRate: 0 })).rejects.toThrow('without accumulation'),
    )
    await withStep({ accumulation: 2 }, (training) =>
      expect(stepOn(training, [...two, batchOf(3)], { step: 1, learningRate: 0 })).rejects.toThrow('3 batches'),
    )
  })
})

describe('several steps in one call of the device', () => {
  /** All results and the state after them, steps handed over in groups. */
  async function trainInGroups(changes: Partial<TrainingStepOptions>, groups: readonly (readonly StepInputs[])[]) {
    return withStep(changes, async (training) => {
      const results: StepResult[] = []
      for (const group of groups) results.push(...(await training.steps(group)))
      return { results, state: bits(await training.readState()) }
    })
  }
  const stepsTo = (count: number) => Array.from({ length: count }, (_, index) => stepInputs(index + 1))

  test('have the bits of as many calls, whatever the steps, their grouping and the size of a call', async () => {
    const all = stepsTo(12)
    const expected = await trainInGroups(
      {},
      all.map((step) => [step]),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 13 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 11 })),
        async (stepsPerCall, cuts) => {
          const bounds = [0, ...cuts.sort((a, b) => a - b), all.length]
          const groups = bounds.slice(1).map((end, index) => all.slice(bounds[index], end))
          expect(await trainInGroups({ stepsPerCall }, groups)).toEqual(expected)
        },
      ),
      { numRuns: 10, seed: propertySeed },
    )
  })

  test.each([
    ['a shift and a focal factor', { shift: true, focalGamma: 2 }],
    ['weights of single tokens', { shift: false, sample: { kind: 'kl', tau: 1 } }],
  ] as const)('have the same bits with %s', async (_, objective) => {
    const shift = objective.shift ? { shift: new Float32Array(model.behaviours).fill(0.5) } : {}
    const all = stepsTo(5).map((step) => ({ ...step, ...shift }))
    const single = await trainInGroups({ objective }, [all])
    expect(await trainInGroups({ objective, stepsPerCall: 5 }, [all])).toEqual(single)
  })

  test('where gradients accumulate, so have the batches of a step', async () => {
    const all = [1, 2, 3].map((step) => ({
      ...stepInputs(step),
      batches: [0, 1, 2, 3, 4].slice(0, step + 2).map((part) => counted(batchOf(10 * step + part))),
    }))
    const expected = await trainInGroups({ accumulation: 5 }, [all])
    for (const stepsPerCall of [2, 5, 7]) {
      expect(await trainInGroups({ accumulation: 5, stepsPerCall }, [all])).toEqual(expected)
    }
  })

  test('really are one call: the next one finds the state that the last of them left', async () => {
    const model = compileTrainingStep({ ...options({ stepsPerCall: 4 }), target: 'portable' })
    assert('step' in model)
    expect(model.step.repeated).toBe(true)
    expect(operatorsOf(model.step.model)).toEqual(['Scan'])
    await withStep({ stepsPerCall: 4 }, async (training) => {
      await training.steps(stepsTo(4))
      const middle = await training.readState()
      const [fifth] = await training.steps([stepInputs(5)])
      await training.writeState(middle)
      expect(await training.steps([stepInputs(5)])).toEqual([fifth])
    })
  })
})

test('a batch of another size than the graph has is a programming error that names both', async () => {
  await withStep({}, async (training) => {
    const batch = randomBatch(model, 2, length)
    await expect(stepOn(training, batch, { step: 1, learningRate: 0 })).rejects.toThrow(
      'a batch of 2 sequences where the graph has 3',
    )
  })
})

test('layout and initial parameters are those of the model and the seed', async () => {
  await withStep({}, async (training) => {
    expect(training.layout).toEqual(layoutParameters(model))
    expect((await training.readState()).parameters).toEqual(initializeParameters(training.layout, 5))
  })
})
