import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomBatch } from '../../src/main/engine/probe.ts'
import { createTrainingStep, type TrainingStep } from '../../src/main/engine/training.ts'
import { type ModelConfiguration, modelWidth, resolveModel } from '../../src/main/model/configuration.ts'
import { modelOptions, type PresetName } from '../../src/shared/configuration.ts'
import { habitDecays } from '../../src/shared/habit.ts'

export interface Case {
  readonly preset: PresetName
  readonly batch: number
  readonly length: number
}

export const learningRate = 1e-3

/** Vocabulary of a smartphone log: 60 behaviours, 500 places, half-hour slots. Dropout is off here and in the peer. */
export function modelOf({ preset, length }: Case): ModelConfiguration {
  return resolveModel(modelOptions.parse({ preset, dropout: 0 }), { behaviours: 60, locations: 500, slots: 48, length })
}

export function createStep(item: Case, threads: number, stepsPerCall = 1, profile?: string): Promise<TrainingStep> {
  return createTrainingStep({
    model: modelOf(item),
    batch: item.batch,
    length: item.length,
    objective: { shift: false },
    optimizer: { betas: [0.9, 0.98], weightDecay: 0.01, decayEmbeddings: false, gradientClip: 1 },
    device: 'cpu',
    threads,
    seed: 1,
    accumulation: 1,
    stepsPerCall,
    profile,
  })
}

/** Writes what the peer needs to compute the same: the batch, the initial parameters, and our loss and first moment after one step. */
export async function writeCase(item: Case, directory: string): Promise<void> {
  const model = modelOf(item)
  const batch = randomBatch(model, item.batch, item.length)
  const training = await createStep(item, 1)
  const write = (name: string, data: Int32Array | Float32Array) =>
    writeFileSync(join(directory, `${name}.bin`), new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  write('parameters', (await training.readState()).parameters)
  const [{ loss }] = await training.steps([{ batches: [{ batch, weights: batch.counted }], step: 1, learningRate }])
  write('firstMoment', (await training.readState()).firstMoment)
  for (const field of ['behaviour', 'location', 'weekday', 'slot', 'target', 'priorCounts'] as const) {
    write(field, batch[field])
  }
  const { slices } = training.layout
  writeFileSync(
    join(directory, 'case.json'),
    JSON.stringify({ model, batch: item.batch, length: item.length, habitDecays, slices, loss, learningRate }),
  )
  await training.dispose()
}

/** Multiplications and additions of matrix products in one step: forward, and twice that backward. */
export function floatingPointOperations(item: Case): number {
  const model = modelOf(item)
  const D = modelWidth(model)
  const V = model.behaviours
  const tokens = item.batch * item.length
  const weights = model.layers * 12 * D * D + D * D + D * V + D * (habitDecays.length + 1)
  // Scores and weighted values of all positions, as computed: the causal half is masked, not skipped.
  const attention = model.layers * 2 * item.length * D
  const habit = item.length * V + habitDecays.length * V
  return 6 * tokens * (weights + attention) + 4 * tokens * habit
}
