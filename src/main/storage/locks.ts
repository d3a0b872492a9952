import { randomUUID } from 'node:crypto'
import { WorkbenchError } from '../../shared/errors.ts'
import { decodePhrase, encodePhrase, type Phrase, phrase } from '../../shared/phrase.ts'
import type { ReadDatabase, WriteDatabase } from './database.ts'
import { isRunning, thisProcess } from './processes.ts'

/** Who holds a named lock. */
export interface LockHolder {
  name: string
  pid: number
  /** What it is doing, in the user's words: `importing events.csv`. */
  purpose: Phrase
  /** ISO-8601, UTC. */
  acquiredAt: string
}

export interface Lock {
  readonly name: string
  /** Gives the lock back; a second call does nothing. */
  release(): void
  [Symbol.dispose](): void
}

interface LockRow {
  name: string
  pid: number
  process_started: string
  token: string
  purpose: string
  acquired_at: string
}

const columns = 'name, pid, process_started, token, purpose, acquired_at'

/** Tokens of the locks that this process holds. A lock of ours that is not among them was given up when the database could not be written. */
const held = new Set<string>()

function isHeld(row: LockRow): boolean {
  const holder = { pid: row.pid, started: row.process_started }
  const { pid, started } = thisProcess()
  return holder.pid === pid && holder.started === started ? held.has(row.token) : isRunning(holder)
}

function liveHolder(database: ReadDatabase, name: string): LockHolder | undefined {
  const row = database.query<LockRow>(`SELECT ${columns} FROM locks WHERE name = ?`).get(name)
  if (row === undefined || !isHeld(row)) return undefined
  return { name: row.name, pid: row.pid, purpose: decodePhrase(row.purpose), acquiredAt: row.acquired_at }
}

/** The running process that holds a lock, if any; what a killed process left does not count. */
export function lockHolder(database: ReadDatabase, name: string): LockHolder | undefined {
  return liveHolder(database, name)
}

/**
 * Takes a named lock for long exclusive work that spans many transactions, such as an import or a run. A lock of a process that no longer runs (or whose number was
 * given to another process) is taken over. Also exclusive within one process.
 * @param name what is locked: `logs`, `dataset:<id>`, `run:<id>`.
 * @param purpose what the lock is for, shown to whoever is refused: `importing events.csv`.
 * @throws WorkbenchError `locked` that names the process that holds it.
 */
export function acquireLock(database: WriteDatabase, name: string, purpose: Phrase): Lock {
  const { pid, started } = thisProcess()
  const token = randomUUID()
  database.transaction(() => {
    const holder = liveHolder(database, name)
    if (holder !== undefined) {
      throw new WorkbenchError(
        'locked',
        phrase`Process ${String(holder.pid)} is ${holder.purpose} in this workspace since ${holder.acquiredAt}.`,
        phrase`Wait for it to finish, or stop it, and try again.`,
      )
    }
    database
      .change(`INSERT OR REPLACE INTO locks (${columns}) VALUES (?, ?, ?, ?, ?, ?)`)
      .run(name, pid, started, token, encodePhrase(purpose), new Date().toISOString())
  })
  held.add(token)
  const release = () => {
    held.delete(token)
    database.change('DELETE FROM locks WHERE name = ? AND token = ?').run(name, token)
  }
  // Must not hide the error that ended the work: a lock that a broken database cannot give back ends with the process.
  const dispose = () => {
    try {
      release()
    } catch {}
  }
  return { name, release, [Symbol.dispose]: dispose }
}

/** Does `work` while holding a named lock (see `acquireLock`). */
export async function withLock<Result>(
  database: WriteDatabase,
  name: string,
  purpose: Phrase,
  work: () => Promise<Result>,
): Promise<Result> {
  using _lock = acquireLock(database, name, purpose)
  return await work()
}
