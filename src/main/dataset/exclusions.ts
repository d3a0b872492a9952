import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatasetConfiguration } from '../../shared/configuration.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { findId } from '../storage/dictionaries.ts'
import type { EventRow } from '../storage/events.ts'
import { type ExcludedEvent, excludedEvents } from '../storage/review-exclusions.ts'

/** The file of a dataset that lists the events which reviews left out, one JSON object a line: labels change, the dataset does not. */
export const excludedName = 'excluded.jsonl'

/** Events that a dataset leaves out, found by what the log calls them. */
export class Exclusions {
  readonly events: readonly ExcludedEvent[]
  readonly #database: ReadDatabase
  /** Events by user, in the order of both. */
  readonly #byUser = new Map<number, Set<string>>()

  constructor(database: ReadDatabase, events: readonly ExcludedEvent[]) {
    this.#database = database
    this.events = events
    for (const event of events) this.#add(event)
  }

  /** Whether an event of the log is left out. */
  has([user, , behaviour, location, instant]: EventRow): boolean {
    return this.#byUser.get(user)?.has(`${instant} ${behaviour} ${location}`) ?? false
  }

  /** The content of the dataset's file. */
  text(): string {
    return this.events.map((event) => `${JSON.stringify(event)}\n`).join('')
  }

  #add({ user, instant, behaviour, location }: ExcludedEvent): void {
    const userId = findId(this.#database, 'users', user)
    const behaviourId = findId(this.#database, 'behaviours', behaviour)
    const locationId = findId(this.#database, 'locations', location)
    // The source may have been removed since it was reviewed.
    if (userId === undefined || behaviourId === undefined || locationId === undefined) return
    const events = this.#byUser.get(userId) ?? new Set()
    this.#byUser.set(userId, events.add(`${instant} ${behaviourId} ${locationId}`))
  }
}

/** What a configuration leaves out, by the labels as they are now. @throws WorkbenchError `not-found` for an unknown review or label. */
export function resolveExclusions(
  database: ReadDatabase,
  { excludeReviewed = [] }: Pick<DatasetConfiguration, 'excludeReviewed'>,
): Exclusions {
  return new Exclusions(database, excludedEvents(database, excludeReviewed))
}

/** What a dataset that is there left out when it was built. */
export function exclusionsOf(
  database: ReadDatabase,
  { directory, manifest }: { directory: string; manifest: { files: Record<string, unknown> } },
): Exclusions {
  if (!(excludedName in manifest.files)) return new Exclusions(database, [])
  const lines = readFileSync(join(directory, excludedName), 'utf8').split('\n')
  return new Exclusions(
    database,
    lines.filter((line) => line !== '').map((line) => JSON.parse(line) as ExcludedEvent),
  )
}
