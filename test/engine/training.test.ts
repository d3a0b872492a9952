import { describe, expect, test } from 'vitest'
import { randomBatch } from '../../src/main/engine/probe.ts'
import {
  createTrainingStep,
  type TrainingState,
  type TrainingStep,
  type TrainingStepOptions,
} from '../../src/main/engine/training.ts'
import { interpret } from '../../src/main/graph/index.ts'
import { dropoutFeeds } from '../../src/main/model/dropout.ts'
import { stepScalars } from '../../src/main/model/optimizer.ts'
import { initializeParameters, layoutParameters } from '../../src/main/model/parameters.ts'
import { buildTrainingStep } from '../../src/main/model/training-step.ts'
import { interpreterFeeds, paddedBatch, scalar, tinyModel, vector } from '../model/support.ts'

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

async function train(training: TrainingStep, from: number, until: number): Promise<number[]> {
  const losses: number[] = []
  for (let step = from; step <= until; step++) {
    const batch = batchOf(step)
    losses.push((await training.step(batch, { weights: batch.counted, step, learningRate: 1e-2 })).loss)
  }
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
      const result = await training.step(batch, { weights: batch.counted, shift, step: 1, learningRate })
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
        expect(result.tokenLoss[token]).toBeCloseTo(loss, 5)
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

  test('twenty steps on one batch reduce its loss', async () => {
    const losses = await withStep({}, async (training) => {
      const batch = batchOf(1)
      const result: number[] = []
      for (let step = 1; step <= 20; step++) {
        result.push((await training.step(batch, { weights: batch.counted, step, learningRate: 1e-2 })).loss)
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
        return (await training.step(batch, { weights: batch.counted, step, learningRate: 0 })).loss
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
        const result = await training.step(batch, { weights: batch.counted, step: 1, learningRate: 1e-2 })
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
      result: await training.step(large, { weights: large.counted, ...moment }),
      state: await training.readState(),
    }))
    await withStep({ model: plain, accumulation: 3 }, async (training) => {
      await training.accumulate(parts[0], { weights: parts[0].counted, step: 1 })
      await training.accumulate(parts[1], { weights: parts[1].counted, step: 1 })
      const result = await training.step(parts[2], { weights: parts[2].counted, ...moment })
      const { firstMoment } = await training.readState()
      expect(result.loss).toBeCloseTo(whole.result.loss, 5)
      expect(result.gradientNorm).toBeCloseTo(whole.result.gradientNorm, 5)
      firstMoment.forEach((value, index) => {
        expect(value).toBeCloseTo(whole.state.firstMoment[index], 6)
      })

      // Nothing of the last step is left in the next one.
      const next = await training.step(parts[0], { weights: parts[0].counted, step: 2, learningRate: 0 })
      const alone = await withStep({ model: plain }, async (other) => {
        await other.writeState(await training.readState())
        return other.step(parts[0], { weights: parts[0].counted, step: 2, learningRate: 0 })
      })
      expect(next.gradientNorm).toBeCloseTo(alone.gradientNorm, 5)
    })
  })

  test('pending gradients are part of no state: reading between is a programming error', async () => {
    await withStep({ accumulation: 2 }, async (training) => {
      const batch = batchOf(1)
      await training.accumulate(batch, { weights: batch.counted, step: 1 })
      await expect(training.readState()).rejects.toThrow('between accumulate and step')
    })
  })
})

test('a batch of another size than the graph has is a programming error that names both', async () => {
  await withStep({}, async (training) => {
    const batch = randomBatch(model, 2, length)
    const inputs = { weights: batch.counted, step: 1, learningRate: 0 }
    await expect(training.step(batch, inputs)).rejects.toThrow('a batch of 2 sequences where the graph has 3')
  })
})

test('layout and initial parameters are those of the model and the seed', async () => {
  await withStep({}, async (training) => {
    expect(training.layout).toEqual(layoutParameters(model))
    expect((await training.readState()).parameters).toEqual(initializeParameters(training.layout, 5))
  })
})
