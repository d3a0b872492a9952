import type { DatasetConfiguration } from '../../shared/configuration.ts'
import type { DatasetCounts } from '../../shared/datasets.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { countEvents, readEventBatchesOf } from '../storage/events.ts'
import { sourcesOf } from '../storage/sources.ts'
import { behaviourCounts, locationCounts, userTotals } from '../storage/tallies.ts'
import { type EventReading, eventFilter } from './collect.ts'
import type { LogNames } from './vocabulary.ts'

/** Users that stand for all users of a log, and what the log's tallies say of both. */
export interface Sample {
  readonly users: number
  readonly ofUsers: number
  /** Events of these users, and of all; before filters by time. */
  readonly events: number
  readonly ofEvents: number
  readonly reading: EventReading
  /** What an event of the sample stands for. */
  readonly eventScale: number
}

/**
 * Chooses users with about `limit` events by a hash of their ids, so that every preview of a log sees the same ones.
 * @returns undefined when the configuration's sources hold no more events than that.
 */
export function drawSample(
  database: ReadDatabase,
  configuration: DatasetConfiguration,
  limit: number,
): Sample | undefined {
  const filter = eventFilter(configuration)
  const ofEvents = countEvents(database, filter)
  if (ofEvents <= limit) return undefined
  const chosen: number[] = []
  let events = 0
  let ofUsers = 0
  for (const [user, own] of userTotals(database, sourcesOf(database, configuration))) {
    ofUsers++
    if (hash(user) >= limit / ofEvents) continue
    chosen.push(user)
    events += own
  }
  const reading = { total: events, batches: readEventBatchesOf(database, chosen, filter) }
  return { users: chosen.length, ofUsers, events, ofEvents, reading, eventScale: ofEvents / Math.max(1, events) }
}

/** A number in [0, 1) that tells users apart and nothing else: the finaliser of MurmurHash3. */
function hash(user: number): number {
  let bits = user ^ 0x9e3779b9
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32
}

/**
 * Counts of a sample as those of the whole log. Numbers of events and users are scaled; the vocabulary does not grow with the log, so it is what the tallies of all
 * names make likely when a share s of their events lies in the training period: a behaviour of n events is seen there with probability 1 - (1 - s)^n, and a location has n s there.
 */
export function scaleCounts(
  database: ReadDatabase,
  configuration: DatasetConfiguration,
  counts: DatasetCounts,
  sample: Sample,
  names: LogNames,
): DatasetCounts {
  const events = (value: number) => Math.round(value * sample.eventScale)
  const users = (value: number) => Math.round((value * sample.ofUsers) / Math.max(1, sample.users))
  const each = <Key extends string>(by: Record<Key, number>) =>
    Object.fromEntries(Object.entries<number>(by).map(([key, value]) => [key, events(value)])) as Record<Key, number>
  const kept = counts.events / Math.max(1, sample.events)
  const share = counts.eventsBySplit.train / Math.max(1, counts.events)
  return {
    ...counts,
    ...expectedVocabulary(database, configuration, names, { kept, share }),
    events: events(counts.events),
    users: users(counts.users),
    eventsBySplit: each(counts.eventsBySplit),
    targets: each(counts.targets),
    unseenTargets: each(counts.unseenTargets),
    sequences: events(counts.sequences),
    droppedUsers: users(counts.droppedUsers),
    droppedEvents: events(counts.droppedEvents),
    duplicates: events(counts.duplicates),
    ...(counts.excludedEvents !== undefined && { excludedEvents: events(counts.excludedEvents) }),
  }
}

function expectedVocabulary(
  database: ReadDatabase,
  configuration: DatasetConfiguration,
  { behaviours: { mergedOf, names } }: LogNames,
  { kept, share }: { kept: number; share: number },
) {
  const sources = sourcesOf(database, configuration)
  const merged = new Float64Array(names.length)
  for (const { id, events } of behaviourCounts(database, sources)) merged[mergedOf[id]] += events * kept
  let behaviours = 0
  let unseenBehaviours = 0
  for (const events of merged) {
    const missed = events === 0 ? 0 : (1 - share) ** events
    unseenBehaviours += missed
    if (events > 0) behaviours += 1 - missed
  }
  let locations = 1
  let foldedLocations = 0
  let foldedLocationEvents = 0
  for (const { id, events } of locationCounts(database, sources)) {
    if (id === 0) continue
    if (events * kept * share >= configuration.minimumLocationEvents) locations++
    else {
      foldedLocations++
      foldedLocationEvents += events * kept
    }
  }
  return {
    behaviours: Math.round(behaviours),
    unseenBehaviours: Math.round(unseenBehaviours),
    locations,
    foldedLocations,
    foldedLocationEvents: Math.round(foldedLocationEvents),
  }
}
