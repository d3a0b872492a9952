import { z } from 'zod'
import { gapBoundaries, gapBuckets, gapNames } from '../../shared/gaps.ts'
import { habitDecays } from '../../shared/habit.ts'
import type { Dataset } from '../dataset/types.ts'
import type { Run } from '../training/run-directory.ts'

/**
 * What an exported model says about itself: everything that a program needs to feed it, in any language. Stored as JSON under the key `behavegpt` of the ONNX file's
 * metadata (Python: `json.loads(session.get_modelmeta().custom_metadata_map["behavegpt"])`).
 */
export const modelMetadata = z.strictObject({
  format: z.literal(1),
  producer: z.strictObject({ name: z.string(), version: z.string() }),
  /** Of this model file, as whoever exported it says; null when nothing was said. */
  license: z.string().nullable(),
  /** True when it was trained on simulated data. */
  simulated: z.boolean(),
  run: z.strictObject({
    id: z.string(),
    name: z.string(),
    checkpoint: z.string(),
    objective: z.string(),
    datasetContentHash: z.string(),
    createdAt: z.string(),
  }),
  /** Names by class id: the columns of the logits. */
  behaviours: z.array(z.string()),
  /** Names by location id; id 0 has the empty name. */
  locations: z.array(z.string()),
  /** Original name -> name, applied before the look-up in `behaviours`. */
  taxonomy: z.record(z.string(), z.string()),
  ids: z.strictObject({
    unknownBehaviour: z.int(),
    padding: z.int(),
    unknownLocation: z.int(),
    /** Weekday of Monday. */
    monday: z.int(),
  }),
  slotMinutes: z.int(),
  /** Longest sequence, in events. */
  maximumLength: z.int(),
  /** Decay of each of the K habit memories in the input `priorCounts`; null for a model without that input. */
  habitDecays: z.array(z.number()).nullable(),
  /** Whether the model holds the transition counts of its training period; nothing is fed for them. */
  transitions: z.boolean().default(false),
  /** Whether there are the inputs `targetWeekday` and `targetSlot`. */
  targetTime: z.boolean(),
  /** Whether there is the output `locationLogits`, whose columns are `locations`. */
  locationHead: z.boolean().default(false),
  /** What the columns of the output `gapLogits` and the ids of the input `gapBefore` are; null for a model without them. */
  gaps: z
    .strictObject({
      /** Milliseconds at which each bucket but the first begins. */
      boundaries: z.array(z.number()),
      names: z.array(z.string()),
    })
    .nullable()
    .default(null),
  /** How to prepare the inputs and read the output, step by step. */
  instructions: z.array(z.string()),
})
export type ModelMetadata = z.infer<typeof modelMetadata>

/** Key of the ONNX metadata. */
export const metadataKey = 'behavegpt'

/** The metadata of a run's exported model. */
export function describeModel(
  run: Run,
  dataset: Dataset,
  { checkpoint, license, version }: { checkpoint: string; license: string | null; version: string },
): ModelMetadata {
  const unknown = dataset.behaviours.length
  const { habit, transitions, targetTime, length, locationHead, gapHead } = run.model
  const { slotMinutes, taxonomy } = dataset.configuration
  return {
    format: 1,
    producer: { name: 'behavegpt-workbench', version },
    license,
    simulated: dataset.simulated,
    run: {
      id: run.id,
      name: run.name,
      checkpoint,
      objective: run.configuration.objective.name,
      datasetContentHash: dataset.contentHash,
      createdAt: run.createdAt,
    },
    behaviours: [...dataset.behaviours],
    locations: [...dataset.locations],
    taxonomy,
    ids: { unknownBehaviour: unknown, padding: unknown + 1, unknownLocation: 0, monday: 0 },
    slotMinutes,
    maximumLength: length,
    habitDecays: habit ? [...habitDecays] : null,
    transitions,
    targetTime,
    locationHead,
    gaps: gapHead ? { boundaries: [...gapBoundaries], names: [...gapNames] } : null,
    instructions: instructions({
      ...{ habit, targetTime, length, slotMinutes, unknown, gapHead },
      locations: locationHead ? dataset.locations.length : undefined,
    }),
  }
}

function instructions(model: {
  habit: boolean
  targetTime: boolean
  length: number
  slotMinutes: number
  unknown: number
  /** With the location head. */
  locations: number | undefined
  gapHead: boolean
}): string[] {
  return [
    `Take one user's events, oldest first. The last ${model.length} are the sequence; earlier ones ${model.habit ? 'enter only through priorCounts' : 'are not used'}.`,
    'The inputs behaviour, location, weekday and slot are int32 of shape [batch, length]: one row per user, one column per event, the first event first. Any batch size, any length from 1 to maximumLength.',
    `behaviour: replace the name by taxonomy[name] where there is one, then take its index in behaviours; ${model.unknown} for a name that is not there.`,
    'location: the index of its name in locations; 0 for none and for a name that is not there.',
    'weekday: 0 is Monday, by local time.',
    `slot: local minutes since midnight divided by ${model.slotMinutes}, rounded down.`,
    `A row with fewer events than the longest is padded at its end: behaviour ${model.unknown + 1}, everything else 0.`,
    ...(model.habit
      ? [
          `priorCounts: float32 of shape [batch, ${habitDecays.length}, ${model.unknown}]: what ${habitDecays.length} memories of the user hold before the row's first event. They start as zeros; for each event before the row, oldest first, memory k is multiplied by habitDecays[k] and then gets 1 added at the event's behaviour, nothing for an unknown one. Zeros when the row holds the whole history. What happens inside the row is remembered by the model itself.`,
        ]
      : []),
    ...(model.targetTime
      ? [
          'targetWeekday and targetSlot: int32 of shape [batch, length]: weekday and slot of the next event; at the last event those of the event to predict.',
        ]
      : []),
    ...(model.gapHead
      ? [
          `gapBefore: int32 of shape [batch, length]: how long after the event before it in the row an event came, as a bucket: the number of gaps.boundaries that are not above the gap in milliseconds of local time, 0 for a negative one; ${gapBuckets} for the first event of a row, 0 for padding.`,
        ]
      : []),
    `The output logits is float32 of shape [batch, length, ${model.unknown}]. Position i has seen the events up to i and says what comes after it: softmax(logits[row, number of events - 1]) are the probabilities of the next behaviour, by index in behaviours.`,
    ...(model.locations === undefined
      ? []
      : [
          `The output locationLogits is float32 of shape [batch, length, ${model.locations}]: the same of where the next event happens, by index in locations; 0 is every place that is not there, and none.`,
        ]),
    ...(model.gapHead
      ? [
          `The output gapLogits is float32 of shape [batch, length, ${gapBuckets}]: the same of how long after the last event the next one comes, by index in gaps.names.`,
        ]
      : []),
  ]
}
