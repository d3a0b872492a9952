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

/** SQL of one stretch of the dictionary: behind ?, from ?, below ?. */
const stretchSql = (kind: NameSearch['kind']) =>
  `SELECT id, name FROM ${kind} WHERE name > ? AND name >= ? AND name < ? ORDER BY name LIMIT ${namesAtOnce}`

/** SQL of the names of one stretch that match, in their order: as of `stretchSql`, like ?, at most ?. */
export function searchNamesSql(kind: NameSearch['kind'], sources: readonly Source[]): string {
  const column = kind.slice(0, -1)
  return `SELECT id, name, (SELECT sum(events) FROM source_${kind} WHERE ${column} = found.id AND source IN (${idList(sources)})) AS events
FROM (${stretchSql(kind)}) AS found
WHERE name LIKE ? ESCAPE '\\' AND events IS NOT NULL ORDER BY name LIMIT ?`
}

/**
 * SQL of the names of one stretch that fit best: starts like ?, as of `stretchSql`, like ?, most ?, most ?, of ? bytes, at most ?.
 * Adding up events is what takes time. It is done once for each name, which the LIMIT of -1 sees to (SQLite would else write the sum into every place that reads it), and for names
 * that hold the text elsewhere only where those that start with it are too few. What is sorted is the best so far and no more.
 */
export function fittingNamesSql(kind: NameSearch['kind'], sources: readonly Source[]): string {
  const column = kind.slice(0, -1)
  const tally = `source_${kind} INDEXED BY source_${kind}_by_${column} WHERE ${column} = matched.id AND +source IN (${idList(sources)})`
  return `WITH matched AS NOT MATERIALIZED (
  SELECT id, name, name LIKE ? ESCAPE '\\' AS starts FROM (${stretchSql(kind)}) WHERE name LIKE ? ESCAPE '\\'
)
SELECT id, name, events FROM (
  SELECT id, name, starts, (SELECT sum(events) FROM ${tally}) AS events FROM matched
  WHERE starts OR (SELECT count(*) FROM (SELECT 1 FROM matched WHERE starts AND EXISTS (SELECT 1 FROM ${tally}) LIMIT ?)) < ?
  LIMIT -1
)
WHERE events IS NOT NULL ORDER BY starts DESC, octet_length(name) = ? DESC, events DESC, name LIMIT ?`
}

/** Above every text. */
const last = '\u{10FFFF}'

/** Names of a dictionary that occur in the sources and match, in the order of their code points or of how well they fit. */
export function searchNames(database: ReadDatabase, sources: readonly Source[], search: NameSearch): NamePage {
  const { kind, text, match, order, limit } = search
  const stretch = [search.after ?? '', match === 'start' ? text : '', match === 'start' ? text + last : last]
  const literal = text.replaceAll(/[\\%_]/g, '\\$&')
  const pattern = match === 'start' ? '%' : `%${literal}%`
  if (order === 'fit') {
    const names = database
      .query<NamedCount>(fittingNamesSql(kind, sources))
      .all(`${literal}%`, ...stretch, pattern, limit, limit, Buffer.byteLength(text), limit)
    return { names, next: null }
  }
  const names = database.query<NamedCount>(searchNamesSql(kind, sources)).all(...stretch, pattern, limit)
  if (names.length === limit) return { names, next: names[names.length - 1].name }
  // The stretch was looked through: is there another behind it?
  const end = database
    .query<{ name: string }>(
      `SELECT name FROM ${kind} WHERE name > ? AND name >= ? AND name < ? ORDER BY name LIMIT 1 OFFSET ${namesAtOnce - 1}`,
    )
    .get(...stretch)
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
