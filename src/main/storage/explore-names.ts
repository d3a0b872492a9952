import type { NamePage } from '../../shared/explore.ts'
import type { NamedCount, Source } from '../../shared/logs.ts'
import type { ReadDatabase } from './database.ts'

/** One answer looks at no more names than these, so that it comes at once however many there are; the next one goes on. */
const namesAtOnce = 50_000

const idList = (sources: readonly Source[]) => sources.map(({ id }) => id).join(', ')

export interface NameSearch {
  kind: 'users' | 'behaviours'
  text: string
  match: 'start' | 'anywhere'
  /** `fit`: the text itself, then names that start with it, then those with most events; one answer without an end to go on from. */
  order: 'name' | 'fit'
  /** Names behind this one; from the first when null. */
  after: string | null
  limit: number
}

const orders: Record<NameSearch['order'], string> = {
  name: 'name',
  fit: "name LIKE ? ESCAPE '\\' DESC, name LIKE ? ESCAPE '\\' DESC, events DESC, name",
}

/** SQL of the names that match, of one stretch of the dictionary: behind ?, from ?, below ?, like ?, for the order `fit` is like ? and starts like ?, at most ?. */
export function searchNamesSql(
  kind: NameSearch['kind'],
  sources: readonly Source[],
  order: NameSearch['order'] = 'name',
): string {
  const column = kind.slice(0, -1)
  return `SELECT id, name, (SELECT sum(events) FROM source_${kind} WHERE ${column} = found.id AND source IN (${idList(sources)})) AS events
FROM (SELECT id, name FROM ${kind} WHERE name > ? AND name >= ? AND name < ? ORDER BY name LIMIT ${namesAtOnce}) AS found
WHERE name LIKE ? ESCAPE '\\' AND events IS NOT NULL ORDER BY ${orders[order]} LIMIT ?`
}

/** Above every text. */
const last = '\u{10FFFF}'

/** Names of a dictionary that occur in the sources and match, in the order of their code points or of how well they fit. */
export function searchNames(database: ReadDatabase, sources: readonly Source[], search: NameSearch): NamePage {
  const { kind, text, match, order, limit } = search
  const after = search.after ?? ''
  const lowest = match === 'start' ? text : ''
  const below = match === 'start' ? text + last : last
  const literal = text.replaceAll(/[\\%_]/g, '\\$&')
  const pattern = match === 'start' ? '%' : `%${literal}%`
  const likeness = order === 'fit' ? [literal, `${literal}%`] : []
  const names = database
    .query<NamedCount>(searchNamesSql(kind, sources, order))
    .all(after, lowest, below, pattern, ...likeness, limit)
  if (order === 'fit') return { names, next: null }
  if (names.length === limit) return { names, next: names[names.length - 1].name }
  // The stretch was looked through: is there another behind it?
  const end = database
    .query<{ name: string }>(
      `SELECT name FROM ${kind} WHERE name > ? AND name >= ? AND name < ? ORDER BY name LIMIT 1 OFFSET ${namesAtOnce - 1}`,
    )
    .get(after, lowest, below)
  return { names, next: end?.name ?? null }
}

/** The users with most events in the sources, and how many they have. Looks at all users. */
export function topUsers(database: ReadDatabase, sources: readonly Source[], limit: number): NamedCount[] {
  return database
    .query<NamedCount>(
      `SELECT users.id AS id, name, tally.events AS events
FROM (SELECT user, sum(events) AS events FROM source_users WHERE source IN (${idList(sources)}) GROUP BY user ORDER BY sum(events) DESC, user LIMIT ?) AS tally
JOIN users ON users.id = tally.user ORDER BY tally.events DESC, id`,
    )
    .all(limit)
}

/** Events of one user in the sources. */
export function userTotal(database: ReadDatabase, sources: readonly Source[], user: number): number {
  return (
    database
      .query<{ events: number | null }>(
        `SELECT sum(events) AS events FROM source_users WHERE user = ? AND source IN (${idList(sources)})`,
      )
      .get(user)?.events ?? 0
  )
}
