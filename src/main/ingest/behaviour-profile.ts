import { setImmediate } from 'node:timers/promises'
import { throwIfCancelled } from '../../shared/errors.ts'
import type { BehaviourProfile, NamedShare } from '../../shared/explore.ts'
import type { NamedCount } from '../../shared/logs.ts'
import type { JobContext } from '../../shared/progress.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { noLocation, requireName } from '../storage/dictionaries.ts'
import { neighbourCounts, type OccurrenceRow, occurrences } from '../storage/explore-events.ts'
import { readySources, resolveSources } from '../storage/sources.ts'
import { behaviourCounts, userHistogram } from '../storage/tallies.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import { unknownName } from './known-id.ts'

/** Neighbours are looked up for at most this many occurrences; more would change no share by a percent. */
const mostSampled = 20_000
/** Rows of each list. */
const longest = 50
/** A cancellation is looked for after this many occurrences. */
const rowsAtOnce = 100_000

/**
 * Who does a behaviour, where, and what comes right before and after it. Walks along all events once.
 * @throws WorkbenchError `not-found` for an unknown source, or a behaviour that does not occur in the sources; `cancelled`.
 */
export async function behaviourProfile(
  workspace: ReadWorkspace,
  { sources: names, behaviour: name }: { sources: readonly string[]; behaviour: string },
  context: JobContext,
): Promise<BehaviourProfile> {
  const database = workspace.database.openSnapshot()
  try {
    const sources = names.length > 0 ? resolveSources(database, names) : readySources(database)
    const ranked = behaviourCounts(database, sources)
    const index = ranked.findIndex((behaviour) => behaviour.name === name)
    if (index < 0) throw unknownName('behaviours', name)
    const { id, events } = ranked[index]
    const { users, places, sample } = await count(occurrences(database, sources, id), events, context)
    const named = (kind: 'users' | 'locations', counts: Map<number, number>) => mostFrequent(database, kind, counts)
    const shares = (side: 'before' | 'after') => toShares(database, neighbourCounts(database, sources, side, sample))
    return {
      name,
      events,
      rank: index + 1,
      users: users.size,
      allUsers: userHistogram(database, sources).reduce((sum, bin) => sum + bin.users, 0),
      topUsers: named('users', users),
      places: named('locations', places).map((place) => ({
        name: place.id === noLocation ? null : place.name,
        events: place.events,
      })),
      before: shares('before'),
      after: shares('after'),
      sampled: sample.length,
    }
  } finally {
    database.close()
  }
}

/** Counts users and places by id, and takes evenly spread occurrences. */
async function count(rows: Iterable<OccurrenceRow>, total: number, context: JobContext) {
  const users = new Map<number, number>()
  const places = new Map<number, number>()
  const sample: OccurrenceRow[] = []
  const every = Math.ceil(total / mostSampled)
  let seen = 0
  for (const row of rows) {
    const [user, , , , location] = row
    users.set(user, (users.get(user) ?? 0) + 1)
    places.set(location, (places.get(location) ?? 0) + 1)
    if (seen++ % every === 0) sample.push(row)
    if (seen % rowsAtOnce === 0) {
      await setImmediate()
      throwIfCancelled(context.signal)
    }
  }
  return { users, places, sample }
}

function mostFrequent(
  database: ReadDatabase,
  kind: 'users' | 'behaviours' | 'locations',
  counts: ReadonlyMap<number, number>,
): NamedCount[] {
  return [...counts]
    .sort(([a, events], [b, others]) => others - events || a - b)
    .slice(0, longest)
    .map(([id, events]) => ({ id, events, name: requireName(database, kind, id) }))
}

function toShares(database: ReadDatabase, counts: ReadonlyMap<number, number>): NamedShare[] {
  const total = [...counts.values()].reduce((sum, events) => sum + events, 0)
  return mostFrequent(database, 'behaviours', counts).map(({ name, events }) => ({
    name,
    events,
    share: events / total,
  }))
}
