import type { Device } from '../../shared/configuration.ts'
import { gapBuckets } from '../../shared/gaps.ts'
import { habitDecays } from '../../shared/habit.ts'
import type { Batch } from '../dataset/types.ts'
import { headsOf, type ModelConfiguration } from '../model/configuration.ts'
import { uniformGenerator } from '../model/random.ts'
import { createTrainingStep, type TrainingStep } from './training.ts'

/** What a probing process measured on its device. */
export interface ProbeMeasurement {
  /** Loss of each of the tiny steps, and all parameters after the last. */
  losses: number[]
  parameters: number[]
  tokensPerSecond: number
}

export interface ProbedOptions {
  readonly stepsPerCall: number
  readonly threads?: number
}

interface Workload {
  model: ModelConfiguration
  batch: number
  length: number
}

const correctness: Workload = {
  model: probeModel({ behaviours: 12, streamWidth: 4, layers: 1, heads: 2, length: 8 }),
  batch: 4,
  length: 8,
}
const rate: Workload = {
  model: probeModel({ behaviours: 60, streamWidth: 32, layers: 2, heads: 4, length: 64 }),
  batch: 32,
  length: 64,
}
const steps = 3
const measuringSeconds = 1

function probeModel(
  sizes: Pick<ModelConfiguration, 'behaviours' | 'streamWidth' | 'layers' | 'heads' | 'length'>,
): ModelConfiguration {
  return {
    ...sizes,
    locations: 10,
    slots: 48,
    habit: true,
    transitions: false,
    targetTime: false,
    locationHead: false,
    gapHead: false,
    dropout: 0,
    embeddingDropout: 0,
  }
}

/**
 * Trains a tiny model for a few steps on this device and tells the result, then measures the rate of a larger one and returns that.
 * To be called in a process of its own: a broken driver may abort it.
 *
 * @throws WorkbenchError `device`
 */
export async function probeDevice(
  device: Device,
  options: ProbedOptions,
  tell: (measurement: ProbeMeasurement) => void,
): Promise<ProbeMeasurement> {
  const tiny = await prepare(correctness, device, options)
  const losses = await tiny.train(steps)
  const { parameters } = await tiny.training.readState()
  // Only now, since the first steps also compile shaders and load libraries.
  const start = performance.now()
  await tiny.train(options.stepsPerCall)
  const secondsPerStep = (performance.now() - start) / 1000 / options.stepsPerCall
  await tiny.training.dispose()
  const tokensPerSecond = (correctness.batch * correctness.length) / secondsPerStep
  const measurement = { losses, parameters: Array.from(parameters), tokensPerSecond }
  tell(measurement)
  // A device that needs this long for a few tokens, such as a software renderer, would take minutes for the larger model.
  if (secondsPerStep > 0.1) return measurement
  return { ...measurement, tokensPerSecond: await measureRate(device, options) }
}

async function measureRate(device: Device, options: ProbedOptions): Promise<number> {
  const { training, train } = await prepare(rate, device, options)
  await train(options.stepsPerCall)
  const start = performance.now()
  let count = 0
  while (performance.now() - start < 1000 * measuringSeconds) {
    count += (await train(options.stepsPerCall)).length
  }
  const seconds = (performance.now() - start) / 1000
  await training.dispose()
  return (count * rate.batch * rate.length) / seconds
}

/** A training on random events, and how to make its next steps, which returns their losses. */
async function prepare(
  { model, batch, length }: Workload,
  device: Device,
  options: ProbedOptions,
): Promise<{ training: TrainingStep; train(count: number): Promise<number[]> }> {
  const training = await createTrainingStep({
    model,
    batch,
    length,
    objective: { shift: false },
    optimizer: { betas: [0.9, 0.98], weightDecay: 0.01, decayEmbeddings: false, gradientClip: 1 },
    device,
    ...options,
    seed: 1,
    accumulation: 1,
  })
  const batches = [{ batch: randomBatch(model, batch, length), weights: new Float32Array(batch * length).fill(1) }]
  let done = 0
  return {
    training,
    async train(count) {
      const next = Array.from({ length: count }, () => ({ batches, step: ++done, learningRate: 1e-3 }))
      return (await training.steps(next)).map(({ loss }) => loss)
    },
  }
}

/** A batch of random events without padding, the same in each process. */
export function randomBatch(model: ModelConfiguration, size: number, length: number, seed = 1): Batch {
  const uniform = uniformGenerator('random batch', seed)
  const ids = (count: number, below: number) => Int32Array.from({ length: count }, () => Math.floor(uniform() * below))
  const positions = size * length
  const batch = {
    size,
    length,
    behaviour: ids(positions, model.behaviours),
    location: ids(positions, model.locations),
    weekday: ids(positions, 7),
    slot: ids(positions, model.slots),
    targetWeekday: ids(positions, 7),
    targetSlot: ids(positions, model.slots),
    target: ids(positions, model.behaviours),
    counted: new Float32Array(positions).fill(1),
    priorCounts: Float32Array.from(ids(size * habitDecays.length * model.behaviours, 5)),
    user: Int32Array.from({ length: size }, (_, index) => index),
    event: new Int32Array(positions).fill(-1),
  }
  if (headsOf(model).length === 0) return batch
  return {
    ...batch,
    gapBefore: ids(positions, gapBuckets).map((gap, position) => (position % length === 0 ? gapBuckets : gap)),
    heads: {
      visited: batch.location.slice(),
      location: ids(positions, model.locations),
      gap: ids(positions, gapBuckets),
    },
  }
}
