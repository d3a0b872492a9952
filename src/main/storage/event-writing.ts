import type { WriteDatabase } from './database.ts'
import type { DictionaryKind } from './dictionaries.ts'
import { EventChecksum } from './event-checksum.ts'

/** Rows of one INSERT: one crossing between languages instead of many. */
const rowsPerStatement = 128
const columns = 7
/** Rows of one transaction: short enough that other writers and the event loop hardly wait, long enough that commits do not count. */
const rowsPerTransaction = 100_000

const insertSql = (rows: number) =>
  `INSERT INTO events (user, time, source, tie, behaviour, location, utc_offset) VALUES ${Array(rows).fill('(?, ?, ?, ?, ?, ?, ?)').join(', ')}`

/** Adds names with their ids to a dictionary, in transactions of bounded length. */
export function addNames(
  database: WriteDatabase,
  kind: DictionaryKind,
  names: Iterator<readonly [number, string]>,
): void {
  const insert = database.change(`INSERT INTO ${kind} (id, name) VALUES (?, ?)`)
  let next = names.next()
  while (!next.done) {
    database.transaction(() => {
      for (let count = 0; count < rowsPerTransaction && !next.done; count++) {
        insert.run(next.value[0], next.value[1])
        next = names.next()
      }
    })
  }
}

/**
 * Writes the events of one source, which must come in the order user, time. Each transaction holds some events and adds them to their users' tallies, so that an
 * interrupted source can be found and removed completely.
 */
export class EventWriter {
  readonly #database: WriteDatabase
  readonly #source: number
  readonly #users = new Int32Array(rowsPerTransaction)
  readonly #instants = new Float64Array(rowsPerTransaction)
  readonly #ties = new Int32Array(rowsPerTransaction)
  readonly #behaviours = new Int32Array(rowsPerTransaction)
  readonly #locations = new Int32Array(rowsPerTransaction)
  readonly #offsets = new Int32Array(rowsPerTransaction)
  readonly #values: number[] = new Array(columns * rowsPerStatement).fill(0)
  #count = 0
  /** Of all events that were added. */
  readonly checksum = new EventChecksum()

  constructor(database: WriteDatabase, source: number) {
    this.#database = database
    this.#source = source
  }

  /** @param tie order among the events of this user and instant. The other columns are those of the table. */
  add(user: number, instant: number, tie: number, behaviour: number, location: number, offset: number): void {
    const index = this.#count++
    this.#users[index] = user
    this.#instants[index] = instant
    this.#ties[index] = tie
    this.#behaviours[index] = behaviour
    this.#locations[index] = location
    this.#offsets[index] = offset
    this.checksum.add(user, instant, tie, behaviour, location, offset)
    if (this.#count === rowsPerTransaction) this.flush()
  }

  /** Writes what was added since the last transaction. */
  flush(): void {
    const count = this.#count
    this.#count = 0
    this.#database.transaction(() => {
      const whole = count - (count % rowsPerStatement)
      const many = this.#database.change(insertSql(rowsPerStatement))
      for (let first = 0; first < whole; first += rowsPerStatement) many.runArray(this.#slice(first, rowsPerStatement))
      const one = this.#database.change(insertSql(1))
      for (let index = whole; index < count; index++) one.runArray(this.#slice(index, 1).slice(0, columns))
      this.#tallyUsers(count)
    })
  }

  #slice(first: number, rows: number): number[] {
    const values = this.#values
    let out = 0
    for (let index = first; index < first + rows; index++) {
      values[out++] = this.#users[index]
      values[out++] = this.#instants[index]
      values[out++] = this.#source
      values[out++] = this.#ties[index]
      values[out++] = this.#behaviours[index]
      values[out++] = this.#locations[index]
      values[out++] = this.#offsets[index]
    }
    return values
  }

  #tallyUsers(count: number): void {
    const tally = this.#database.change(
      'INSERT INTO source_users (source, user, events) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET events = events + excluded.events',
    )
    for (let first = 0; first < count; ) {
      let next = first + 1
      while (next < count && this.#users[next] === this.#users[first]) next++
      tally.run(this.#source, this.#users[first], next - first)
      first = next
    }
  }
}

/** How often each thing occurs in a source. */
export interface Tallies {
  /** By id, zero where there are none. */
  behaviours: ArrayLike<number>
  locations: ArrayLike<number>
  /** By 24 * weekday + hour of the local wall clock, weekday 0 = Monday: [168]. */
  hours: ArrayLike<number>
}

/** Writes the tallies of a source that are known once all of it was seen. Part of the transaction that completes it. */
export function addTallies(database: WriteDatabase, source: number, tallies: Tallies): void {
  const behaviour = database.change('INSERT INTO source_behaviours (source, behaviour, events) VALUES (?, ?, ?)')
  const location = database.change('INSERT INTO source_locations (source, location, events) VALUES (?, ?, ?)')
  const hour = database.change('INSERT INTO source_hours (source, weekday, hour, events) VALUES (?, ?, ?, ?)')
  forEachPositive(tallies.behaviours, (id, events) => behaviour.run(source, id, events))
  forEachPositive(tallies.locations, (id, events) => location.run(source, id, events))
  forEachPositive(tallies.hours, (index, events) => hour.run(source, Math.floor(index / 24), index % 24, events))
}

function forEachPositive(counts: ArrayLike<number>, use: (index: number, count: number) => void): void {
  for (let index = 0; index < counts.length; index++) if (counts[index] > 0) use(index, counts[index])
}
