import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import type { WriteDatabase } from './database.ts'
import { acquireLock, lockHolder } from './locks.ts'

/** The lock of whoever imports or removes sources. */
export const logsLock = 'logs'

/** Users whose events go in one transaction. */
const usersPerTransaction = 2000

/** Removes the events of one user and source: a search in the clustered index. */
export const removeEventsSql = 'DELETE FROM events WHERE user = ? AND source = ?'
/** The next users of a source whose events are still there. */
export const usersOfSourceSql = 'SELECT user FROM source_users WHERE source = ? AND user > ? ORDER BY user LIMIT ?'

/** What is known of a source besides its events. */
const tablesOfSource = [
  'source_users',
  'source_behaviours',
  'source_locations',
  'source_hours',
  'source_days',
  'source_behaviour_days',
  'source_behaviour_hours',
  'rejects',
]

/** Hides a source at once; `sweepSources` then takes it away. */
export function hideSource(database: WriteDatabase, source: number): void {
  database.change("UPDATE sources SET state = 'removing' WHERE id = ?").run(source)
}

/**
 * Takes away every source that is not complete - interrupted imports and removals - with its events, tallies, rejects and the names that only it had. Works in short
 * transactions and goes on where an interrupted sweep stopped. The caller holds the lock `logs`.
 */
export function sweepSources(database: WriteDatabase, onUsers: (users: number) => void = () => {}): void {
  const unfinished = database.query<{ id: number }>("SELECT id FROM sources WHERE state <> 'ready'").all()
  for (const { id } of unfinished) removeEvents(database, id, onUsers)
  if (unfinished.length === 0) return
  database.transaction(() => {
    for (const { id } of unfinished) {
      for (const table of tablesOfSource) {
        database.change(`DELETE FROM ${table} WHERE source = ?`).run(id)
      }
      database.change('DELETE FROM sources WHERE id = ?').run(id)
    }
    database.change('DELETE FROM users WHERE NOT EXISTS (SELECT 1 FROM source_users WHERE user = users.id)').run()
    database
      .change(
        'DELETE FROM behaviours WHERE NOT EXISTS (SELECT 1 FROM source_behaviours WHERE behaviour = behaviours.id)',
      )
      .run()
    database
      .change(
        'DELETE FROM locations WHERE id <> 0 AND NOT EXISTS (SELECT 1 FROM source_locations WHERE location = locations.id)',
      )
      .run()
  })
}

function removeEvents(database: WriteDatabase, source: number, onUsers: (users: number) => void): void {
  const isOnly = database.query('SELECT 1 FROM sources WHERE id <> ? LIMIT 1').get(source) === undefined
  if (isOnly) {
    // Without a condition SQLite drops the whole tree at once.
    database.execute('DELETE FROM events')
    return
  }
  let last = -1
  for (;;) {
    const users = database.query<{ user: number }>(usersOfSourceSql).all(source, last, usersPerTransaction)
    if (users.length === 0) return
    database.transaction(() => {
      for (const { user } of users) database.change(removeEventsSql).run(user, source)
    })
    last = users[users.length - 1].user
    onUsers(users.length)
  }
}

/**
 * After a crash: takes away what an import or removal left, unless one is running now. On a full disk, where even removing needs space, it stays, invisible, for the next
 * time the workspace is opened.
 */
export function recoverSources(database: WriteDatabase): void {
  const unfinished = database.query("SELECT 1 FROM sources WHERE state <> 'ready' LIMIT 1").get()
  if (unfinished === undefined || lockHolder(database, logsLock) !== undefined) return
  try {
    using _lock = acquireLock(database, logsLock, phrase`tidying up after an interrupted import`)
    sweepSources(database)
  } catch (error) {
    if (!(error instanceof WorkbenchError && error.code === 'storage')) throw error
  }
}
