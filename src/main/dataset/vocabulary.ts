import { phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import type { CollectedEvents } from './collect.ts'
import { eventBlocks, type Periods } from './periods.ts'
import { splitCode } from './types.ts'

/** A renumbering of the log's ids by how often they occur in the training period. */
export interface Numbering {
  /** New id by the old one; the same `missing` id for all that did not make it. */
  readonly idOf: Int32Array
  /** Names in the new order. */
  readonly names: string[]
  /** Training events in the new order. */
  readonly counts: Float64Array
}

/** What the log calls things: behaviours after the taxonomy, locations by the log's id, of which 0 is "none given". */
export interface LogNames {
  behaviours: MergedBehaviours
  locations: readonly string[]
}

/** What the training period knows. */
export interface Vocabulary {
  /** From merged behaviour ids to class ids; V for behaviours unseen in training. */
  behaviours: Numbering
  /** From the log's location ids to the dataset's; 0 for none and rare. `names` and `counts` start with location 1. */
  locations: Numbering
  /** Locations of the log's kept events that became 0. */
  foldedLocations: number
}

/** Behaviours after renaming and merging: several ids of the log can share one. */
export interface MergedBehaviours {
  /** Merged id by the log's id. */
  readonly mergedOf: Int32Array
  /** Names by merged id. */
  readonly names: string[]
  /** Rules for a behaviour that the log does not have. */
  readonly unusedRules: string[]
}

/** Applies a taxonomy (original name -> name). @param names by the log's id; holes are ids not in use. */
export function mergeBehaviours(
  names: readonly string[],
  taxonomy: Readonly<Record<string, string>>,
): MergedBehaviours {
  const rules = new Map(Object.entries(taxonomy))
  const unused = new Set(rules.keys())
  const mergedIds = new Map<string, number>()
  const mergedOf = new Int32Array(names.length).fill(-1)
  names.forEach((original, id) => {
    unused.delete(original)
    const name = rules.get(original) ?? original
    const merged = mergedIds.get(name) ?? mergedIds.size
    mergedIds.set(name, merged)
    mergedOf[id] = merged
  })
  return { mergedOf, names: [...mergedIds.keys()], unusedRules: [...unused] }
}

/** Counts the training period and numbers what it knows. Nothing of the later periods enters. */
export async function learnVocabulary(
  events: CollectedEvents,
  periods: Periods,
  names: LogNames,
  minimumLocationEvents: number,
  context: JobContext,
): Promise<Vocabulary> {
  const behaviourCounts = new Float64Array(names.behaviours.names.length)
  const locationCounts = new Float64Array(names.locations.length)
  const usedLocations = new Uint8Array(names.locations.length)
  for await (const block of eventBlocks(events, periods, phrase`counting the training period`, context)) {
    for (let index = 0; index < block.length; index++) {
      usedLocations[block.location[index]] = 1
      if (block.split[index] !== splitCode.train) continue
      behaviourCounts[names.behaviours.mergedOf[block.behaviour[index]]]++
      locationCounts[block.location[index]]++
    }
  }
  // "None given" is 0 already, however often it occurs.
  locationCounts[0] = 0
  usedLocations[0] = 0
  const seen = behaviourCounts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0)
  const behaviours = numberByFrequency(behaviourCounts, names.behaviours.names, {
    minimum: 1,
    firstId: 0,
    missing: seen,
  })
  const locations = numberByFrequency(locationCounts, names.locations, {
    minimum: minimumLocationEvents,
    firstId: 1,
    missing: 0,
  })
  const used = usedLocations.reduce((sum, flag) => sum + flag, 0)
  return { behaviours, locations, foldedLocations: used - locations.names.length }
}

/** Numbers what occurs at least `minimum` times from `firstId` on, most frequent first, equals by name. */
export function numberByFrequency(
  counts: Float64Array,
  names: readonly string[],
  { minimum, firstId, missing }: { minimum: number; firstId: number; missing: number },
): Numbering {
  const kept = Array.from(counts.keys()).filter((id) => counts[id] >= minimum)
  kept.sort((a, b) => counts[b] - counts[a] || (names[a] < names[b] ? -1 : 1))
  const idOf = new Int32Array(counts.length).fill(missing)
  kept.forEach((id, index) => {
    idOf[id] = firstId + index
  })
  return { idOf, names: kept.map((id) => names[id]), counts: Float64Array.from(kept, (id) => counts[id]) }
}
