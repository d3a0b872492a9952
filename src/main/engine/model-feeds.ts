import type { Batch } from '../dataset/types.ts'
import type { ModelConfiguration } from '../model/configuration.ts'
import type { TensorData } from './types.ts'

/** What the model's graph reads of a batch; the batch's fields have the names of the graph's inputs. */
export function modelFeeds(model: ModelConfiguration, batch: Batch): Record<string, TensorData> {
  const { behaviour, location, weekday, slot, priorCounts, targetWeekday, targetSlot } = batch
  return {
    behaviour,
    location,
    weekday,
    slot,
    ...(model.habit ? { priorCounts } : {}),
    ...(model.targetTime ? { targetWeekday, targetSlot } : {}),
  }
}
