import { WorkbenchError } from '../../shared/errors.ts'
import { groupClasses, groupNames } from '../../shared/long-tail.ts'
import { phrase } from '../../shared/phrase.ts'
import type { ReviewOrigin } from '../../shared/review.ts'
import { eventFilter } from '../dataset/collect.ts'
import { type Exclusions, exclusionsOf, resolveExclusions } from '../dataset/exclusions.ts'
import { type OpenedDataset, openDataset } from '../dataset/open.ts'
import { createEncoder } from '../prediction/history.ts'
import { Repetitions } from '../prediction/stored-history.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { readNames } from '../storage/dictionaries.ts'
import { type EventFilter, type EventRow, readEventBatches, readUserEvents } from '../storage/events.ts'
import { findSource } from '../storage/sources.ts'
import { behaviourCounts } from '../storage/tallies.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'

/** Where sequences are cut from: the events of a dataset as the log has them, or of one source. */
export interface Origin extends Pick<ReviewOrigin, 'dataset' | 'source'> {
  readonly simulated: boolean
  readonly filter: EventFilter
  readonly exclusions: Exclusions
  readonly minimumEvents: number
  /** Group of each of the log's behaviours, by its id: index into `groupNames`. */
  readonly groups: Uint8Array
}

/** One user's events, oldest first, without repetitions. */
export interface UserHistory {
  user: number
  events: EventRow[]
}

/** Finds where the sequences come from. @throws WorkbenchError `not-found` for an unknown dataset or source, `corrupt`. */
export function openOrigin(
  workspace: ReadWorkspace,
  { dataset, source }: { dataset?: string; source?: string },
): Origin {
  if (dataset !== undefined) return originOfDataset(workspace, openDataset(workspace, dataset))
  return originOfSource(workspace, findSource(workspace.database, source!))
}

function originOfDataset({ database }: ReadWorkspace, dataset: OpenedDataset): Origin {
  const { id, name, configuration, simulated } = dataset
  const encoder = createEncoder(dataset)
  const byClass = groupClasses(dataset.trainingCounts, 'share')
  const tail = groupNames.indexOf('tail')
  return {
    dataset: { id, name },
    source: null,
    simulated,
    filter: eventFilter(configuration),
    exclusions: exclusionsOf(database, dataset),
    minimumEvents: configuration.minimumEvents,
    // What training never saw is as rare as can be.
    groups: groupsById(readNames(database, 'behaviours'), (behaviour) => byClass[encoder.behaviour(behaviour)] ?? tail),
  }
}

function originOfSource({ database }: ReadWorkspace, source: ReturnType<typeof findSource>): Origin {
  const counts = behaviourCounts(database, [source])
  const codes = groupClasses(
    counts.map(({ events }) => events),
    'share',
  )
  const byName = new Map(counts.map(({ name }, index) => [name, codes[index]]))
  return {
    dataset: null,
    source: { id: source.id, name: source.name },
    simulated: source.simulated,
    filter: { sources: [String(source.id)] },
    exclusions: resolveExclusions(database, {}),
    minimumEvents: 1,
    groups: groupsById(readNames(database, 'behaviours'), (name) => byName.get(name) ?? groupNames.indexOf('tail')),
  }
}

function groupsById(names: readonly string[], groupOf: (name: string) => number): Uint8Array {
  const groups = new Uint8Array(names.length)
  // Ids that are not in use are holes.
  names.forEach((name, id) => {
    groups[id] = groupOf(name)
  })
  return groups
}

/** Every user's events in one walk through the log, in memory for one user at a time. `onBatch` is told how many events were read. */
export function* readHistories(
  database: ReadDatabase,
  origin: Origin,
  onBatch: (events: number) => void,
): Generator<UserHistory> {
  let current: UserHistory | undefined
  for (const batch of readEventBatches(database, origin.filter)) {
    for (const row of batch) {
      if (row[0] !== current?.user) {
        if (current !== undefined) yield* wanted(origin, current)
        current = { user: row[0], events: [] }
      }
      current.events.push(row)
    }
    onBatch(batch.length)
  }
  if (current !== undefined) yield* wanted(origin, current)
}

/** The same for one user. @throws WorkbenchError `conflict` when the events went away meanwhile. */
export function readHistory(database: ReadDatabase, origin: Origin, user: number): UserHistory {
  const [history] = wanted(origin, { user, events: readUserEvents(database, user, origin.filter) })
  if (history !== undefined) return history
  throw new WorkbenchError('conflict', phrase`A source was removed from the log while it was read.`, phrase`Try again.`)
}

/** The history without repetitions and exclusions, or nothing when too little of it is left. */
function* wanted({ exclusions, minimumEvents }: Origin, { user, events }: UserHistory): Generator<UserHistory> {
  const repetitions = new Repetitions()
  const kept = events.filter((row) => !exclusions.has(row) && !repetitions.has(row))
  if (kept.length >= minimumEvents && kept.length > 0) yield { user, events: kept }
}
