import type { WriteDatabase } from './database.ts'

/** Slots of a table; it is written out when three quarters are taken, so that a transaction stays short and memory bounded. */
const slots = 1 << 18
/** Days since 1970 are stored with this much added in keys; it reaches beyond the year 20,000 in both directions. */
const dayOffset = 2 ** 23
const dayRange = 2 * dayOffset

/** Counts by a non-negative whole number, with open addressing: ten times as fast as a Map of numbers beyond 31 bits. */
class CountTable {
  readonly #keys = new Float64Array(slots).fill(-1)
  readonly #counts = new Float64Array(slots)
  #used = 0

  /** @returns whether the table is full and must be taken. */
  add(key: number): boolean {
    let slot = (Math.imul(key % 0x7fffffff, 0x9e3779b1) ^ Math.imul(key / 0x7fffffff, 0x85ebca6b)) >>> 14
    while (this.#keys[slot] !== key) {
      if (this.#keys[slot] === -1) {
        this.#keys[slot] = key
        this.#used++
        break
      }
      slot = (slot + 1) & (slots - 1)
    }
    this.#counts[slot]++
    return 4 * this.#used > 3 * slots
  }

  /** Takes everything out, in the order of the keys: neighbours in the database are written together. */
  take(): [key: number, count: number][] {
    const taken: [number, number][] = []
    for (let slot = 0; slot < slots; slot++) {
      if (this.#keys[slot] !== -1) taken.push([this.#keys[slot], this.#counts[slot]])
    }
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
    this.#database.transaction(() => {
      for (const [key, count] of table.take()) change.run(this.#source, ...columns(key), count)
    })
  }
}
