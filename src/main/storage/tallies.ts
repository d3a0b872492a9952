import type { NamedCount, Source } from '../../shared/logs.ts'
import type { ReadDatabase } from './database.ts'

/** Counts of the logs, from the tallies kept with each source: none of these queries touches the events. */

const idList = (sources: readonly Source[]) => sources.map(({ id }) => id).join(', ')

/** @returns SQL of the counts of a dictionary over some sources. */
export function countsSql(kind: 'users' | 'behaviours' | 'locations', sources: readonly Source[]): string {
  const column = kind.slice(0, -1)
  return `SELECT ${kind}.id AS id, ${kind}.name AS name, tally.events AS events
FROM (SELECT ${column} AS id, sum(events) AS events FROM source_${kind} WHERE source IN (${idList(sources)}) GROUP BY ${column}) AS tally
JOIN ${kind} ON ${kind}.id = tally.id`
}

/** Behaviours of some sources with how often each occurs, the most frequent first. */
export function behaviourCounts(database: ReadDatabase, sources: readonly Source[]): NamedCount[] {
  return database.query<NamedCount>(`${countsSql('behaviours', sources)} ORDER BY events DESC, id`).all()
}

/** Locations of some sources with how often each occurs, the most frequent first; events without a location are id 0. */
export function locationCounts(database: ReadDatabase, sources: readonly Source[]): NamedCount[] {
  return database.query<NamedCount>(`${countsSql('locations', sources)} ORDER BY events DESC, id`).all()
}

/** SQL of how many users have how many events. */
export function userHistogramSql(sources: readonly Source[]): string {
  return `SELECT events, count(*) AS users FROM (SELECT sum(events) AS events FROM source_users WHERE source IN (${idList(sources)}) GROUP BY user) GROUP BY events ORDER BY events`
}

/** How many users have how many events, in ascending order of events. */
export function userHistogram(database: ReadDatabase, sources: readonly Source[]): { events: number; users: number }[] {
  return database.query<{ events: number; users: number }>(userHistogramSql(sources)).all()
}

/** Users of some sources with how many events each has, in the order of their ids. */
export function userTotals(
  database: ReadDatabase,
  sources: readonly Source[],
): IterableIterator<readonly [user: number, events: number]> {
  return database.iterateArrays(userTotalsSql(sources))
}

/** SQL of how many events each user has. */
export function userTotalsSql(sources: readonly Source[]): string {
  return `SELECT user, sum(events) FROM source_users WHERE source IN (${idList(sources)}) GROUP BY user ORDER BY user`
}

/** Events by local hour: [7 weekdays from Monday][24 hours]. */
export function hourMatrix(database: ReadDatabase, sources: readonly Source[]): number[][] {
  const matrix = Array.from({ length: 7 }, () => new Array<number>(24).fill(0))
  const rows = database
    .query<{ weekday: number; hour: number; events: number }>(
      `SELECT weekday, hour, sum(events) AS events FROM source_hours WHERE source IN (${idList(sources)}) GROUP BY weekday, hour`,
    )
    .all()
  for (const { weekday, hour, events } of rows) matrix[weekday][hour] = events
  return matrix
}
