import type { Batch } from '../../src/main/dataset/types.ts'
import { randomBatch } from '../../src/main/engine/probe.ts'
import type { Feed } from '../../src/main/graph/index.ts'
import type { ModelConfiguration } from '../../src/main/model/configuration.ts'
import { layoutParameters } from '../../src/main/model/parameters.ts'
import { normalGenerator } from '../../src/main/model/random.ts'
import { habitDecays } from '../../src/shared/habit.ts'
import type { TransitionCounts } from '../../src/shared/transitions.ts'

/** A model small enough for the float64 interpreter. */
export function tinyModel(changes: Partial<ModelConfiguration> = {}): ModelConfiguration {
  return {
    behaviours: 5,
    locations: 3,
    slots: 4,
    length: 4,
    streamWidth: 2,
    layers: 1,
    heads: 2,
    habit: true,
    transitions: false,
    targetTime: false,
    locationHead: false,
    gapHead: false,
    dropout: 0,
    embeddingDropout: 0,
    ...changes,
  }
}

/** Counts of transitions for a model that reads them: behaviour 1 had no successor, behaviour 0 only itself, once. */
export function tinyTransitions({ behaviours, transitions }: ModelConfiguration): TransitionCounts | undefined {
  if (!transitions) return undefined
  const rows = Array.from({ length: behaviours + 1 }, (_, row) => {
    if (row === 1 || row === behaviours) return []
    return Array.from({ length: behaviours }, (_, successor) => [successor, (row * (successor + 2)) % 5]).filter(
      ([successor, count]) => (row === 0 ? successor === 0 : count > 0),
    )
  })
  const offsets = new Int32Array(behaviours + 2)
  rows.forEach((row, index) => {
    offsets[index + 1] = offsets[index] + row.length
  })
  return {
    offsets,
    successors: Int32Array.from(rows.flat(), ([successor]) => successor),
    counts: Int32Array.from(rows.flat(), ([, count]) => Math.max(1, count)),
  }
}

/** How often one behaviour followed another. */
export function transitionCount({ offsets, successors, counts }: TransitionCounts, from: number, to: number): number {
  const entry = successors.subarray(offsets[from], offsets[from + 1]).indexOf(to)
  return entry < 0 ? 0 : counts[offsets[from] + entry]
}

/** Parameters away from their initial values, so that no gradient is zero by chance. */
export function randomParameters(model: ModelConfiguration, seed = 1): Float32Array {
  const normal = normalGenerator('test parameters', seed)
  return Float32Array.from({ length: layoutParameters(model).count }, () => 0.4 * normal())
}

/** A batch whose second sequence ends with `padded` positions of padding. */
export function paddedBatch(model: ModelConfiguration, size: number, length: number, padded: number): Batch {
  const batch = randomBatch(model, size, length)
  for (let position = 2 * length - padded; position < 2 * length; position++) {
    batch.behaviour[position] = model.behaviours + 1
    batch.counted[position] = 0
    batch.target[position] = 0
  }
  return batch
}

/** The batch's fields as the interpreter wants them, for the inputs that this model has. */
export function interpreterFeeds(model: ModelConfiguration, batch: Batch): Record<string, Feed> {
  const shape = [batch.size, batch.length]
  const { behaviour, location, weekday, slot, priorCounts, targetWeekday, targetSlot, gapBefore } = batch
  return {
    behaviour: { data: behaviour, shape },
    location: { data: location, shape },
    weekday: { data: weekday, shape },
    slot: { data: slot, shape },
    ...(model.habit
      ? { priorCounts: { data: priorCounts, shape: [batch.size, habitDecays.length, model.behaviours] } }
      : {}),
    ...(model.targetTime
      ? { targetWeekday: { data: targetWeekday, shape }, targetSlot: { data: targetSlot, shape } }
      : {}),
    ...(model.gapHead ? { gapBefore: { data: gapBefore!, shape } } : {}),
  }
}

/** What the training graph reads for the extra heads that this model has. */
export function headFeeds(model: ModelConfiguration, { size, length, counted, heads }: Batch): Record<string, Feed> {
  if (heads === undefined) return {}
  return {
    counted: vector(counted),
    ...(model.locationHead
      ? { visited: { data: heads.visited, shape: [size, length] }, targetLocation: vector(heads.location) }
      : {}),
    ...(model.gapHead ? { targetGap: vector(heads.gap) } : {}),
  }
}

export const vector = (data: ArrayLike<number>): Feed => ({ data, shape: [data.length] })
export const scalar = (value: number): Feed => ({ data: [value], shape: [] })
