import type { EventAnchor, EventKey } from '../../shared/explore.ts'
import type { NamedCount, Source } from '../../shared/logs.ts'
import type { ReadDatabase, SqlValue } from './database.ts'
import { userTotal } from './explore-names.ts'

const idList = (sources: readonly Source[]) => sources.map(({ id }) => id).join(', ')

/** No zone is further from UTC than this. */
const widestOffset = 18 * 3_600_000

/** An event of a user: `time` is local. */
export type UserEventRow = readonly [time: number, behaviour: number, location: number, instant: number]

/** Which events of a user. */
export interface UserRange {
  user: number
  /** Local wall-clock milliseconds: from this one on and before that one. */
  from: number
  until: number
  /** Only these behaviours; all when empty. */
  behaviours: readonly number[]
}

/** SQL of one user's events in a stretch of time, from its first (`ASC`) or its last (`DESC`) on: ? user, ? and ? instants, ? and ? local times, ? at most. */
export function userEventsSql(
  sources: readonly Source[],
  behaviours: readonly number[],
  order: 'ASC' | 'DESC' = 'ASC',
): string {
  const only = behaviours.length === 0 ? '' : ` AND behaviour IN (${behaviours.join(', ')})`
  return `SELECT time + 60000 * utc_offset, behaviour, location, time FROM events
WHERE user = ? AND time >= ? AND time < ? AND source IN (${idList(sources)}) AND time + 60000 * utc_offset >= ? AND time + 60000 * utc_offset < ?${only}
ORDER BY user ${order}, time ${order}, source ${order}, tie ${order} LIMIT ?`
}

/** The first `limit` events in the range, oldest first. */
export function userEvents(
  database: ReadDatabase,
  sources: readonly Source[],
  { user, from, until, behaviours }: UserRange,
  limit: number,
): UserEventRow[] {
  return database
    .queryArrays<UserEventRow>(userEventsSql(sources, behaviours))
    .all(user, from - widestOffset, until + widestOffset, from, until, limit)
}

/**
 * Up to `limit` events, spread over as many equal stretches between the first and the last event of the range: the first events of each stretch, as many (1, 2, 4 ...)
 * as the limit allows, so that a user whose events come in bursts is not left with one of each. Takes one search in the clustered index for each stretch, whether
 * there are ten thousand events or a million.
 * @returns the events, how many were taken from a stretch at most, and how many milliseconds a stretch is long.
 */
export function sampleUserEvents(
  database: ReadDatabase,
  sources: readonly Source[],
  { user, from, until, behaviours }: UserRange,
  limit: number,
): { rows: UserEventRow[]; each: number; every: number } {
  const search = (order: 'ASC' | 'DESC') => {
    const query = database.queryArrays<UserEventRow>(userEventsSql(sources, behaviours, order))
    return (instant: number, most: number) => query.all(user, instant, until + widestOffset, from, until, most)
  }
  const eventsAfter = search('ASC')
  const [first] = eventsAfter(from - widestOffset, 1)
  const [last] = search('DESC')(from - widestOffset, 1)
  if (first === undefined || last === undefined) return { rows: [], each: 1, every: (until - from) / limit }
  // Of instants, which the index is ordered by: a search for a local time would pass by a day and a half of events.
  const stretches = { start: first[3], length: (last[3] + 1 - first[3]) / limit, count: limit }
  let best = { rows: firstOfStretches(eventsAfter, stretches, 1)!, each: 1 }
  for (let each = 2; best.rows.length < limit; each *= 2) {
    const rows = firstOfStretches(eventsAfter, stretches, each)
    if (rows === undefined || rows.length === best.rows.length) break
    best = { rows, each }
  }
  return { ...best, every: stretches.length }
}

/** The first `each` events of each of so many equal stretches; undefined where they are more than there are stretches. */
function firstOfStretches(
  eventsAfter: (instant: number, most: number) => UserEventRow[],
  { start, length, count }: { start: number; length: number; count: number },
  each: number,
): UserEventRow[] | undefined {
  const found: UserEventRow[] = []
  for (let number = 0; number < count; ) {
    // To the end of the range, so that an empty stretch costs no search of its own.
    const rows = eventsAfter(Math.ceil(start + number * length), each)
    if (rows.length === 0) break
    const stretch = Math.max(number, Math.floor((rows[0]![3] - start) / length))
    found.push(...rows.filter((row, index) => index === 0 || row[3] < start + (stretch + 1) * length))
    if (found.length > count) return undefined
    number = stretch + 1
  }
  return found
}

/** Local times of a user's first and last event in the sources; undefined without events. */
export function userExtent(
  database: ReadDatabase,
  sources: readonly Source[],
  user: number,
): { firstTime: number; lastTime: number } | undefined {
  const extreme = (direction: 'ASC' | 'DESC') =>
    database
      .query<{ time: number }>(
        `SELECT time + 60000 * utc_offset AS time FROM events WHERE user = ? AND source IN (${idList(sources)}) ORDER BY time ${direction} LIMIT 1`,
      )
      .get(user)?.time
  const firstTime = extreme('ASC')
  const lastTime = extreme('DESC')
  return firstTime === undefined || lastTime === undefined ? undefined : { firstTime, lastTime }
}

/** SQL of how often each behaviour or location comes among all events of the user ?, the most frequent first. */
export function userNameCountsSql(kind: 'behaviours' | 'locations', sources: readonly Source[]): string {
  const column = kind.slice(0, -1)
  return `SELECT ${kind}.id AS id, ${kind}.name AS name, tally.events AS events
FROM (SELECT ${column} AS id, count(*) AS events FROM events WHERE user = ? AND source IN (${idList(sources)}) GROUP BY ${column}) AS tally
JOIN ${kind} ON ${kind}.id = tally.id ORDER BY tally.events DESC, tally.id`
}

/** Behaviours or locations of a user's events with how often each occurs, the most frequent first; events without a location are id 0. Reads the user's events and no others. */
export function userNameCounts(
  database: ReadDatabase,
  sources: readonly Source[],
  user: number,
  kind: 'behaviours' | 'locations',
): NamedCount[] {
  return database.query<NamedCount>(userNameCountsSql(kind, sources)).all(user)
}

/** An event of the table. */
export type TableRow = readonly [
  user: number,
  instant: number,
  source: number,
  tie: number,
  behaviour: number,
  location: number,
  offset: number,
]

/** SQL of a stretch of the table of events: behind a key ?, ?, ?, ?; at most ?, after leaving out ?. */
export function eventTableSql(sources: readonly Source[]): string {
  return `SELECT user, time, source, tie, behaviour, location, utc_offset FROM events
WHERE (user, time, source, tie) > (?, ?, ?, ?) AND source IN (${idList(sources)}) ORDER BY user, time, source, tie LIMIT ? OFFSET ?`
}

/** Behind nothing: before every event of the user. */
const beforeUser = (user: number): EventKey => ({ user, instant: Number.MIN_SAFE_INTEGER, source: 0, tie: 0 })

/** Rows in the order user, instant, source, tie, from `skip` rows behind a key on. */
export function eventTable(
  database: ReadDatabase,
  sources: readonly Source[],
  after: EventKey | null,
  skip: number,
  limit: number,
): TableRow[] {
  const { user, instant, source, tie } = after ?? beforeUser(-1)
  return database.queryArrays<TableRow>(eventTableSql(sources)).all(user, instant, source, tie, limit, skip)
}

/**
 * Keys at about every `every`-th event, in their order. Counts come from the tallies; only users with more events than that are walked along.
 * @returns the anchors and how many events there are.
 */
export function eventAnchors(
  database: ReadDatabase,
  sources: readonly Source[],
  every: number,
): { total: number; anchors: EventAnchor[] } {
  const anchors: EventAnchor[] = []
  let total = 0
  const users = database.queryArrays<[user: number, events: number]>(
    `SELECT user, sum(events) FROM source_users WHERE source IN (${idList(sources)}) GROUP BY user ORDER BY user`,
  )
  for (const [user, events] of users.all()) {
    if (anchors.length === 0 || total - anchors[anchors.length - 1].position >= every || events > every) {
      anchors.push({ position: total, after: beforeUser(user) })
    }
    if (events > every) anchors.push(...anchorsWithin(database, sources, total, user, events, every))
    total += events
  }
  return { total, anchors }
}

/** The same of one user's events, which follow each other in that order. */
export function userAnchors(
  database: ReadDatabase,
  sources: readonly Source[],
  user: number,
  every: number,
): { total: number; anchors: EventAnchor[] } {
  const total = userTotal(database, sources, user)
  if (total === 0) return { total, anchors: [] }
  const first = { position: 0, after: beforeUser(user) }
  return { total, anchors: [first, ...anchorsWithin(database, sources, 0, user, total, every)] }
}

function anchorsWithin(
  database: ReadDatabase,
  sources: readonly Source[],
  first: number,
  user: number,
  events: number,
  every: number,
): EventAnchor[] {
  const anchors: EventAnchor[] = []
  let after = beforeUser(user)
  for (let position = every; position < events; position += every) {
    const [row] = eventTable(database, sources, after, every - 1, 1)
    after = { user: row[0], instant: row[1], source: row[2], tie: row[3] }
    anchors.push({ position: first + position, after })
  }
  return anchors
}

/** An occurrence of a behaviour. */
export type OccurrenceRow = readonly [user: number, instant: number, source: number, tie: number, location: number]

/** Every occurrence of a behaviour, ordered by user and time. Walks along all events. */
export function occurrences(
  database: ReadDatabase,
  sources: readonly Source[],
  behaviour: number,
): IterableIterator<OccurrenceRow> {
  return database.iterateArrays<OccurrenceRow>(
    `SELECT user, time, source, tie, location FROM events WHERE behaviour = ? AND source IN (${idList(sources)}) ORDER BY user, time, source, tie`,
    behaviour,
  )
}

/** SQL of the behaviour right before or after an event of a user: ? user, ?, ?, ? the event. */
export function neighbourSql(sources: readonly Source[], side: 'before' | 'after'): string {
  const direction = side === 'before' ? 'DESC' : 'ASC'
  return `SELECT behaviour FROM events WHERE user = ? AND (time, source, tie) ${side === 'before' ? '<' : '>'} (?, ?, ?) AND source IN (${idList(sources)})
ORDER BY time ${direction}, source ${direction}, tie ${direction} LIMIT 1`
}

/** How often each behaviour (by id) comes right before or after some events. */
export function neighbourCounts(
  database: ReadDatabase,
  sources: readonly Source[],
  side: 'before' | 'after',
  events: readonly OccurrenceRow[],
): Map<number, number> {
  const counts = new Map<number, number>()
  const query = database.queryArrays<[behaviour: number]>(neighbourSql(sources, side))
  for (const [user, instant, source, tie] of events) {
    const values: SqlValue[] = [user, instant, source, tie]
    const [neighbour] = query.get(...values) ?? []
    if (neighbour !== undefined) counts.set(neighbour, (counts.get(neighbour) ?? 0) + 1)
  }
  return counts
}
