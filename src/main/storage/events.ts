import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import type { ReadDatabase, SqlValue } from './database.ts'
import { sourcesOf } from './sources.ts'

/** Which events to read; everything when empty. */
export interface EventFilter {
  /** Names or ids of sources; all when empty or absent. */
  sources?: readonly string[]
  /** Local wall-clock time in milliseconds, read as UTC: first one in, first one out. */
  from?: number
  until?: number
}

/**
 * One event. `time` is local wall-clock time in milliseconds since 1970, read as UTC: what slots, weekdays and hours are cut from. `instant` is UTC and orders the
 * events of a user; it equals `time` for events without a zone. `tie` keeps the file's order among the events of one user, instant and source.
 */
export type EventRow = readonly [
  user: number,
  time: number,
  behaviour: number,
  location: number,
  instant: number,
  source: number,
  tie: number,
]

/** Rows fetched at once: enough to make the crossing between languages cheap, few enough to be no memory to speak of. */
const rowsAtOnce = 8192

const eventColumns = 'user, time + 60000 * utc_offset, behaviour, location, time, source, tie'

function filterSql(database: ReadDatabase, filter: EventFilter): { sql: string; values: SqlValue[] } {
  const sources = sourcesOf(database, filter)
  const conditions = [`source IN (${sources.map(({ id }) => id).join(', ')})`]
  const values: SqlValue[] = []
  if (filter.from !== undefined) {
    conditions.push('time + 60000 * utc_offset >= ?')
    values.push(filter.from)
  }
  if (filter.until !== undefined) {
    conditions.push('time + 60000 * utc_offset < ?')
    values.push(filter.until)
  }
  return { sql: conditions.join(' AND '), values }
}

/** The query of one batch: a walk along the clustered index, no sorting. */
export function batchSql(filter: string): string {
  return `SELECT ${eventColumns} FROM events WHERE (user, time, source, tie) > (?, ?, ?, ?) AND ${filter} ORDER BY user, time, source, tie LIMIT ${rowsAtOnce}`
}

/**
 * Streams events in the order user, instant, source, tie, in bounded memory. All come from one state of the database, whatever is written meanwhile; the given connection
 * stays free for other work between events.
 * @throws WorkbenchError `not-found` for an unknown source.
 */
export function* readEvents(database: ReadDatabase, filter: EventFilter = {}): IterableIterator<EventRow> {
  for (const batch of readEventBatches(database, filter)) yield* batch
}

/** The same in batches of up to some thousand events, which is faster to consume. */
export function* readEventBatches(database: ReadDatabase, filter: EventFilter = {}): IterableIterator<EventRow[]> {
  const reader = database.openSnapshot()
  try {
    const { sql, values } = filterSql(reader, filter)
    const query = reader.queryArrays<EventRow>(batchSql(sql))
    let last: EventRow = [-1, 0, 0, 0, 0, 0, 0]
    for (;;) {
      const [user, , , , instant, source, tie] = last
      const batch = query.all(user, instant, source, tie, ...values)
      if (batch.length > 0) yield batch
      if (batch.length < rowsAtOnce) return
      const next = batch[batch.length - 1]
      if (!isAfter(next, last)) throw disordered()
      last = next
    }
  } finally {
    reader.close()
  }
}

/** Whether the key of an event is beyond that of another one. In a damaged tree it may not be, and reading would never end. */
function isAfter(event: EventRow, other: EventRow): boolean {
  const key = ([user, , , , instant, source, tie]: EventRow) => [user, instant, source, tie]
  const [mine, theirs] = [key(event), key(other)]
  const first = mine.findIndex((value, index) => value !== theirs[index])
  return first !== -1 && mine[first] > theirs[first]
}

function disordered(): WorkbenchError {
  return new WorkbenchError(
    'corrupt',
    phrase`The workspace database is damaged: events are out of order.`,
    phrase`Restore workbench.db from a backup, or import the files into a new workspace.`,
  )
}

/** The query of all events of one user, in their order. */
export function userEventsSql(filter: string): string {
  return `SELECT ${eventColumns} FROM events WHERE user = ? AND ${filter} ORDER BY user, time, source, tie`
}

/** The events of some users (ascending ids) as `readEventBatches` gives those of all; a batch ends with a user. */
export function* readEventBatchesOf(
  database: ReadDatabase,
  users: Iterable<number>,
  filter: EventFilter = {},
): IterableIterator<EventRow[]> {
  const reader = database.openSnapshot()
  try {
    const { sql, values } = filterSql(reader, filter)
    const query = reader.queryArrays<EventRow>(userEventsSql(sql))
    let batch: EventRow[] = []
    for (const user of users) {
      batch = batch.length === 0 ? query.all(user, ...values) : batch.concat(query.all(user, ...values))
      if (batch.length < rowsAtOnce) continue
      yield batch
      batch = []
    }
    if (batch.length > 0) yield batch
  } finally {
    reader.close()
  }
}

/** The query of one user's latest events. */
export function latestEventsSql(filter: string): string {
  return `SELECT ${eventColumns} FROM events WHERE user = ? AND ${filter} ORDER BY user DESC, time DESC, source DESC, tie DESC LIMIT ?`
}

/** The last `count` events of one user (all when absent), oldest first. */
export function readUserEvents(
  database: ReadDatabase,
  user: number,
  filter: EventFilter = {},
  count = Number.MAX_SAFE_INTEGER,
): EventRow[] {
  const { sql, values } = filterSql(database, filter)
  return database
    .queryArrays<EventRow>(latestEventsSql(sql))
    .all(user, ...values, count)
    .reverse()
}

/** How many events the filter's sources hold; an upper bound when the filter also limits time. Does not scan. */
export function countEvents(database: ReadDatabase, filter: EventFilter = {}): number {
  const sources = sourcesOf(database, filter)
  return sources.reduce((total, source) => total + source.events, 0)
}
