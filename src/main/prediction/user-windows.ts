import type { DatasetConfiguration } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { type DictionaryKind, findId, findName } from '../storage/dictionaries.ts'
import { type EventRow, readEventBatches, readUserEvents } from '../storage/events.ts'
import { type Encoder, type HistoryWindow, WindowBuilder } from './history.ts'
import { historyFilter, Repetitions, unknownUser } from './stored-history.ts'

/** A user of the log and what the model reads of the user's history. */
export interface UserWindow {
  user: string
  window: HistoryWindow
}

/**
 * The windows of all users of the log, or of the named ones, in one reading of their events and in bounded memory; `length` is T. Users without events in the
 * dataset's sources do not appear.
 * Throws WorkbenchError `not-found` for a name that the log does not have, `conflict` when a source is removed meanwhile.
 */
export function* userWindows(
  database: ReadDatabase,
  configuration: DatasetConfiguration,
  encoder: Encoder,
  length: number,
  users: readonly string[] | undefined,
): Generator<UserWindow> {
  const behaviour = remembered((id) => encoder.behaviour(requireName(database, 'behaviours', id)))
  const location = remembered((id) => encoder.location(requireName(database, 'locations', id)))
  const repetitions = new Repetitions()
  let current: { id: number; builder: WindowBuilder } | undefined
  const finish = ({ id, builder }: { id: number; builder: WindowBuilder }): UserWindow => ({
    user: requireName(database, 'users', id),
    window: builder.finish(),
  })
  for (const batch of eventBatches(database, configuration, users)) {
    for (const row of batch) {
      const [user, time, behaviourId, locationId] = row
      if (user !== current?.id) {
        if (current !== undefined) yield finish(current)
        current = { id: user, builder: new WindowBuilder(encoder.behaviours, length) }
      }
      if (!repetitions.has(row)) current.builder.add(behaviour(behaviourId), location(locationId), time)
    }
  }
  if (current !== undefined) yield finish(current)
}

function* eventBatches(
  database: ReadDatabase,
  configuration: DatasetConfiguration,
  users: readonly string[] | undefined,
): Generator<EventRow[]> {
  const filter = historyFilter(configuration)
  if (users === undefined) {
    yield* readEventBatches(database, filter)
    return
  }
  for (const id of findUsers(database, users)) yield readUserEvents(database, id, filter)
}

/** Ids of named users, each once. */
function findUsers(database: ReadDatabase, users: readonly string[]): Set<number> {
  return new Set(
    users.map((user) => {
      const id = findId(database, 'users', user)
      if (id !== undefined) return id
      throw unknownUser(database, user)
    }),
  )
}

function requireName(database: ReadDatabase, kind: DictionaryKind, id: number): string {
  const name = findName(database, kind, id)
  if (name !== undefined) return name
  throw new WorkbenchError('conflict', phrase`A source was removed from the log while it was read.`, phrase`Try again.`)
}

/** Asks once per id. */
function remembered(lookUp: (id: number) => number): (id: number) => number {
  const known: number[] = []
  return (id) => {
    known[id] ??= lookUp(id)
    return known[id]
  }
}

/**
 * Batches of users whose windows have nearly the same length (within a factor of sqrt 2), so that little of a batch is padding; the last ones are mixed. Memory is at most
 * some ten batches, whatever the number of users.
 */
export function* batchesOfSimilarLength(windows: Iterable<UserWindow>, size: number): Generator<UserWindow[]> {
  const waiting = new Map<number, UserWindow[]>()
  for (const user of windows) {
    const lengthClass = Math.ceil(2 * Math.log2(user.window.behaviour.length))
    const group = waiting.get(lengthClass) ?? []
    group.push(user)
    waiting.set(lengthClass, group)
    if (group.length === size) {
      waiting.delete(lengthClass)
      yield group
    }
  }
  const rest = [...waiting].sort(([left], [right]) => left - right).flatMap(([, group]) => group)
  for (let start = 0; start < rest.length; start += size) yield rest.slice(start, start + size)
}
