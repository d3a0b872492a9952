import assert from 'node:assert'
import type { Batch } from '../dataset/types.ts'
import type { ModelConfiguration } from '../model/configuration.ts'
import { headTargets } from '../model/loss.ts'
import type { TensorData } from './types.ts'

/** What the model's graph reads of a batch; the batch's fields have the names of the graph's inputs. */
export function modelFeeds(model: ModelConfiguration, batch: Batch): Record<string, TensorData> {
  const { behaviour, location, weekday, slot, priorCounts, targetWeekday, targetSlot, gapBefore } = batch
  return {
    behaviour,
    location,
    weekday,
    slot,
    ...(model.habit ? { priorCounts } : {}),
    ...(model.targetTime ? { targetWeekday, targetSlot } : {}),
    ...(gapBefore === undefined ? {} : { gapBefore }),
  }
}

/** What the training graph reads for the extra heads of a model; nothing without them. */
export function headFeeds(model: ModelConfiguration, { heads }: Batch): Record<string, TensorData> {
  if (!model.locationHead && !model.gapHead) return {}
  assert(heads !== undefined, 'the batch has no targets for the extra heads')
  return {
    ...(model.locationHead ? { visited: heads.visited, [headTargets.location]: heads.location } : {}),
    ...(model.gapHead ? { [headTargets.gap]: heads.gap } : {}),
  }
}
