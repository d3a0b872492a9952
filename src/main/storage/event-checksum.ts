import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import type { ReadDatabase, WriteDatabase } from './database.ts'
import type { EventRow } from './events.ts'
import { sourcesOf } from './sources.ts'

/**
 * SQLite notices damage to the structure of its file, not to a number in it. A source therefore keeps what its events add up to: the sum of their hashes modulo 2^32,
 * whatever their order.
 */
export class EventChecksum {
  #sum = 0

  /** The columns of one event; `offset` in minutes east of UTC. */
  add(user: number, instant: number, tie: number, behaviour: number, location: number, offset: number): void {
    // Each step is a bijection of the hash so far for a given value and the other way round: an event with one other value has another hash.
    let hash = step(0x9e3779b9, user)
    hash = step(hash, instant)
    hash = step(hash, Math.floor(instant / 2 ** 32))
    hash = step(hash, tie)
    hash = step(hash, behaviour)
    hash = step(hash, location)
    hash = step(hash, offset)
    this.#sum = (this.#sum + (hash ^ (hash >>> 16))) >>> 0
  }

  get value(): number {
    return this.#sum
  }
}

function step(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value, 0x85ebca6b)
  return mixed ^ (mixed >>> 13)
}

/** Part of the transaction that completes a source. */
export function writeChecksum(database: WriteDatabase, source: number, checksum: EventChecksum): void {
  database.change('INSERT INTO source_checksums (source, events) VALUES (?, ?)').run(source, checksum.value)
}

/**
 * Passes on all events of some sources, and notices at the end whether they are those that were imported.
 * @param sources names or ids; all when absent
 * @throws WorkbenchError `corrupt` naming the source whose events are others, or the table of names that was damaged
 */
export function* checkedEvents(
  database: ReadDatabase,
  sources: readonly string[] | undefined,
  batches: Iterable<EventRow[]>,
): IterableIterator<EventRow[]> {
  const chosen = sourcesOf(database, { sources })
  const found = new Map(chosen.map(({ id }) => [id, { checksum: new EventChecksum(), events: 0 }]))
  for (const batch of batches) {
    for (const [user, time, behaviour, location, instant, source, tie] of batch) {
      const own = found.get(source)!
      own.checksum.add(user, instant, tie, behaviour, location, (time - instant) / 60_000)
      own.events++
    }
    yield batch
  }
  for (const { id, name, events } of chosen) {
    const expected = database.query<{ events: number }>('SELECT events FROM source_checksums WHERE source = ?').get(id)
    if (expected === undefined) continue
    const own = found.get(id)!
    if (own.events !== events || own.checksum.value !== expected.events) throw damagedEvents(name)
  }
  for (const table of ['users', 'behaviours', 'locations']) requireSound(database, table)
}

function damagedEvents(source: string): WorkbenchError {
  return new WorkbenchError(
    'corrupt',
    phrase`The workspace database is damaged: the events of source "${source}" are not those that were imported.`,
    phrase`Restore workbench.db from a backup, or remove the source and import its files again.`,
  )
}

/** Names stand twice in the file, in their table and in its index: a name that changed on the disk does not match the other one. */
function requireSound(database: ReadDatabase, table: string): void {
  const [{ integrity_check: found }] = database
    .query<{ integrity_check: string }>(`PRAGMA integrity_check(${table})`)
    .all()
  if (found === 'ok') return
  throw new WorkbenchError(
    'corrupt',
    phrase`The workspace database is damaged: ${found} (table ${table}).`,
    phrase`Restore workbench.db from a backup, or remove the sources and import their files again.`,
  )
}
