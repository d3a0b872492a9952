import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import type { ReadDatabase } from './database.ts'

/** What is written once and referred to by number. Numbers are never reused while something refers to them; there may be gaps. */
export const dictionaryKinds = ['users', 'behaviours', 'locations'] as const
export type DictionaryKind = (typeof dictionaryKinds)[number]

/** The location of events that have none. */
export const noLocation = 0

/** All names of a dictionary, indexed by id; gaps are holes. Location 0 has the empty name. */
export function readNames(database: ReadDatabase, kind: DictionaryKind): string[] {
  const names: string[] = []
  for (const [id, name] of database.iterateArrays<[number, string]>(`SELECT id, name FROM ${kind} ORDER BY id`))
    names[id] = name
  return names
}

/** The id of a name, or undefined when it is not in the dictionary. */
export function findId(database: ReadDatabase, kind: DictionaryKind, name: string): number | undefined {
  return database.query<{ id: number }>(`SELECT id FROM ${kind} WHERE name = ?`).get(name)?.id
}

/** The name of an id that an event has. @throws WorkbenchError `conflict` when it is gone: its source was removed since the event was read. */
export function requireName(database: ReadDatabase, kind: DictionaryKind, id: number): string {
  const found = database.query<{ name: string }>(`SELECT name FROM ${kind} WHERE id = ?`).get(id)
  if (found !== undefined) return found.name
  throw new WorkbenchError('conflict', phrase`A source was removed from the log while it was read.`, phrase`Try again.`)
}

/** Looks each name up once, for many events with few names; throws as `requireName`. */
export function rememberNames(database: ReadDatabase): (kind: DictionaryKind, id: number) => string {
  const known: Record<DictionaryKind, Map<number, string>> = {
    users: new Map(),
    behaviours: new Map(),
    locations: new Map(),
  }
  return (kind, id) => {
    const names = known[kind]
    let name = names.get(id)
    if (name === undefined) {
      name = requireName(database, kind, id)
      names.set(id, name)
    }
    return name
  }
}

/** The highest id in use, 0 for an empty dictionary. */
export function highestId(database: ReadDatabase, kind: DictionaryKind): number {
  return database.query<{ highest: number | null }>(`SELECT max(id) AS highest FROM ${kind}`).get()?.highest ?? 0
}
