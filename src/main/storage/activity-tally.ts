import type { WriteDatabase } from './database.ts'

/** Slots of a table at first and at most: the latter are 32 MiB, and hold a thousand behaviours on each day of four years. */
const fewestSlots = 2 ** 12
const mostSlots = 2 ** 21
/** Days since 1970 are stored with this much added in keys; it reaches beyond the year 20,000 in both directions. */
const dayOffset = 2 ** 23
const dayRange = 2 * dayOffset
/** Rows of one transaction: other writers hardly wait. */
const rowsPerTransaction = 100_000

/** Counts by a non-negative whole number, with open addressing: several times as fast as a Map of numbers beyond 31 bits. */
class CountTable {
  #keys = new Float64Array(fewestSlots).fill(-1)
  #counts = new Float64Array(fewestSlots)
  #used = 0

  /** @returns whether the table can grow no more and must be taken. */
  add(key: number): boolean {
    const slot = this.#slotOf(key)
    if (this.#keys[slot] === key) {
      this.#counts[slot]++
      return false
    }
    this.#keys[slot] = key
    this.#counts[slot] = 1
    this.#used++
    if (4 * this.#used <= 3 * this.#keys.length) return false
    if (this.#keys.length === mostSlots) return true
    this.#grow()
    return false
  }

  /** Where the key is, or where it would be put. */
  #slotOf(key: number): number {
    const mask = this.#keys.length - 1
    const high = Math.floor(key / 2 ** 32)
    let hash = Math.imul((key - high * 2 ** 32) | 0, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)
    hash ^= hash >>> 15
    let slot = hash & mask
    while (this.#keys[slot] !== key && this.#keys[slot] !== -1) slot = (slot + 1) & mask
    return slot
  }

  #grow(): void {
    const taken = this.#entries()
    this.#keys = new Float64Array(2 * this.#keys.length).fill(-1)
    this.#counts = new Float64Array(this.#keys.length)
    for (const [key, count] of taken) {
      const slot = this.#slotOf(key)
      this.#keys[slot] = key
      this.#counts[slot] = count
    }
  }

  #entries(): [key: number, count: number][] {
    const entries: [number, number][] = []
    this.#keys.forEach((key, slot) => {
      if (key !== -1) entries.push([key, this.#counts[slot]])
    })
    return entries
  }

  /** Takes everything out, in the order of the keys: neighbours in the database are written together. */
  take(): [key: number, count: number][] {
    const taken = this.#entries()
    this.#keys.fill(-1)
    this.#counts.fill(0)
    this.#used = 0
    return taken.sort(([a], [b]) => a - b)
  }
}

/** Counts a source's events by local day, and each behaviour's by local day and hour of the week, while they are written. */
export class ActivityTally {
  readonly #database: WriteDatabase
  readonly #source: number
  readonly #days = new CountTable()
  readonly #behaviourDays = new CountTable()
  readonly #behaviourHours = new CountTable()

  constructor(database: WriteDatabase, source: number) {
    this.#database = database
    this.#source = source
  }

  /** @param day whole days since 1970 of the local wall clock; @param hour 24 * weekday + hour, weekday 0 = Monday. */
  add(behaviour: number, day: number, hour: number): void {
    if (this.#days.add(day + dayOffset)) this.#writeDays()
    if (this.#behaviourDays.add(behaviour * dayRange + day + dayOffset)) this.#writeBehaviourDays()
    if (this.#behaviourHours.add(behaviour * 168 + hour)) this.#writeBehaviourHours()
  }

  /** Writes what was counted since the last time. */
  flush(): void {
    this.#writeDays()
    this.#writeBehaviourDays()
    this.#writeBehaviourHours()
  }

  #writeDays(): void {
    const sql =
      'INSERT INTO source_days (source, day, events) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET events = events + excluded.events'
    this.#write(sql, this.#days, (key) => [key - dayOffset])
  }

  #writeBehaviourDays(): void {
    const sql =
      'INSERT INTO source_behaviour_days (source, behaviour, day, events) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET events = events + excluded.events'
    this.#write(sql, this.#behaviourDays, (key) => [Math.floor(key / dayRange), (key % dayRange) - dayOffset])
  }

  #writeBehaviourHours(): void {
    const sql =
      'INSERT INTO source_behaviour_hours (source, behaviour, hour, events) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET events = events + excluded.events'
    this.#write(sql, this.#behaviourHours, (key) => [Math.floor(key / 168), key % 168])
  }

  #write(sql: string, table: CountTable, columns: (key: number) => number[]): void {
    const change = this.#database.change(sql)
    const rows = table.take()
    for (let first = 0; first < rows.length; first += rowsPerTransaction) {
      this.#database.transaction(() => {
        for (const [key, count] of rows.slice(first, first + rowsPerTransaction)) {
          change.run(this.#source, ...columns(key), count)
        }
      })
    }
  }
}
