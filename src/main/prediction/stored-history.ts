import type { DatasetConfiguration } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { atTerminal, phrase } from '../../shared/phrase.ts'
import { eventFilter } from '../dataset/collect.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { findId, readNames, rememberNames } from '../storage/dictionaries.ts'
import { type EventFilter, type EventRow, readUserEvents } from '../storage/events.ts'
import type { NamedEvent } from './history.ts'
import { suggestion } from './nearest-names.ts'

/**
 * Which events of the log are a user's history: those of the dataset's sources from its beginning on, and also what came after its end,
 * because the next behaviour follows the latest event.
 */
export function historyFilter(configuration: DatasetConfiguration): EventFilter {
  const { sources, from } = eventFilter(configuration)
  return { sources, from }
}

/** Recognises events that repeat behaviour, place and instant of an earlier one of the same user: several sources may hold the same event. */
export class Repetitions {
  #user = -1
  #instant = Number.NaN
  readonly #atInstant = new Set<string>()

  /** Whether the event was there already; events come in order of user and instant. */
  has([user, , behaviour, location, instant]: EventRow): boolean {
    if (user !== this.#user || instant !== this.#instant) {
      this.#user = user
      this.#instant = instant
      this.#atInstant.clear()
    }
    const key = `${behaviour} ${location}`
    if (this.#atInstant.has(key)) return true
    this.#atInstant.add(key)
    return false
  }
}

/**
 * A user's events by name, oldest first.
 * Throws WorkbenchError `not-found` with the nearest names when the log has no such user, `input` when the dataset's filter leaves none of the events.
 */
export function readStoredHistory(
  database: ReadDatabase,
  configuration: DatasetConfiguration,
  user: string,
): NamedEvent[] {
  const id = findId(database, 'users', user)
  if (id === undefined) throw unknownUser(database, user)
  const repetitions = new Repetitions()
  const rows = readUserEvents(database, id, historyFilter(configuration)).filter((row) => !repetitions.has(row))
  if (rows.length === 0) {
    throw new WorkbenchError(
      'input',
      phrase`The user ${JSON.stringify(user)} has no events in the sources and from the time on that the dataset was built of.`,
      phrase`Give the history yourself, or train on a dataset that includes them.`,
    )
  }
  const names = rememberNames(database)
  return rows.map(([, time, behaviour, location]) => ({
    behaviour: names('behaviours', behaviour),
    location: names('locations', location),
    time,
  }))
}

/** The error of a user that the log does not have, with the nearest names that it has. */
export function unknownUser(database: ReadDatabase, user: string): WorkbenchError {
  return new WorkbenchError(
    'not-found',
    phrase`The log has no user ${JSON.stringify(user)}.`,
    // Not the array itself: ids that are not in use are holes in it.
    suggestion(
      user,
      Object.values(readNames(database, 'users')),
      phrase`The list of logs${atTerminal('behavegpt sources')} shows how many users each source has.`,
    ),
  )
}
