import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import path from 'node:path'
import { WorkbenchError } from '../../shared/errors.ts'
import { decodePhrase, encodePhrase, type Phrase, phrase } from '../../shared/phrase.ts'
import type { ReadDatabase, WriteDatabase } from './database.ts'
import { isElsewhere, isRunning, machineDigest, thisProcess } from './processes.ts'

/** Who holds a named lock. */
export interface LockHolder {
  name: string
  pid: number
  /** Name of the machine or container that it runs in, where that is another one and it could not be seen whether it still does. */
  machine?: string
  /** What it is doing, in the user's words: `importing events.csv`. */
  purpose: Phrase
  /** ISO-8601, UTC. */
  acquiredAt: string
}

export interface Lock {
  readonly name: string
  /** Says more of what the lock is for, now that more is known. */
  describe(purpose: Phrase): void
  /** Gives the lock back; a second call does nothing. */
  release(): void
  [Symbol.dispose](): void
}

interface LockRow {
  name: string
  pid: number
  /** When it started; where its number counts, and the name of the machine, where that is known. */
  process_started: string
  token: string
  purpose: string
  acquired_at: string
}

const separator = '|'
const columns = 'name, pid, process_started, token, purpose, acquired_at'

/** Tokens of the locks that this process holds. A lock of ours that is not among them was given up when the database could not be written. */
const held = new Set<string>()

/** What goes into `process_started`. */
function startedHere(): string {
  const { started, place } = thisProcess()
  return place === undefined ? started : [started, place.namespace, hostname()].join(separator)
}

function toLiveHolder(row: LockRow | undefined): LockHolder | undefined {
  if (row === undefined) return undefined
  const [started, namespace, machine] = row.process_started.split(separator)
  const place = machine === undefined ? undefined : { namespace, machine: machineDigest(machine) }
  const holder = { pid: row.pid, started, place }
  const elsewhere = isElsewhere(holder)
  const isOurs = !elsewhere && holder.pid === thisProcess().pid && started === thisProcess().started
  if (!(isOurs ? held.has(row.token) : isRunning(holder))) return undefined
  return {
    name: row.name,
    pid: row.pid,
    machine: elsewhere ? machine : undefined,
    purpose: decodePhrase(row.purpose),
    acquiredAt: row.acquired_at,
  }
}

/** The running process that holds a lock, if any; what a killed process left does not count, except that of one elsewhere, which nobody here can see. */
export function lockHolder(database: ReadDatabase, name: string): LockHolder | undefined {
  return toLiveHolder(database.query<LockRow>(`SELECT ${columns} FROM locks WHERE name = ?`).get(name))
}

/**
 * Takes a named lock for long exclusive work that spans many transactions, such as an import or a run. A lock of a process that no longer runs (or whose number was
 * given to another process) is taken over. Also exclusive within one process.
 * @param name what is locked: `logs`, `dataset:<id>`, `run:<id>`.
 * @param purpose what the lock is for, shown to whoever is refused: `importing events.csv`.
 * @throws WorkbenchError `locked` that names the process that holds it.
 */
export function acquireLock(database: WriteDatabase, name: string, purpose: Phrase): Lock {
  const token = randomUUID()
  database.transaction(() => {
    const holder = lockHolder(database, name)
    if (holder !== undefined) throw heldBy(holder, database.file)
    database
      .change(`INSERT OR REPLACE INTO locks (${columns}) VALUES (?, ?, ?, ?, ?, ?)`)
      .run(name, thisProcess().pid, startedHere(), token, encodePhrase(purpose), new Date().toISOString())
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
  const describe = (more: Phrase) => {
    database.change('UPDATE locks SET purpose = ? WHERE name = ? AND token = ?').run(encodePhrase(more), name, token)
  }
  return { name, describe, release, [Symbol.dispose]: dispose }
}

/**
 * Gives back what processes of another machine or container hold, which nobody here can see.
 * @param gone name of that machine or container, on the word of a person who knows that nothing runs there any more.
 * @returns who held what was freed; nobody when nothing is locked.
 * @throws WorkbenchError `locked` that names a process that holds something else, here or elsewhere, when none held anything there.
 */
export function freeLocks(database: WriteDatabase, gone: string | undefined): LockHolder[] {
  return database.transaction(() => {
    const rows = database.query<LockRow>(`SELECT ${columns} FROM locks ORDER BY acquired_at, name`).all()
    const holders = rows.flatMap((row) => toLiveHolder(row) ?? [])
    const freed = holders.filter(({ machine }) => machine !== undefined && machine === gone)
    for (const { name } of freed) database.change('DELETE FROM locks WHERE name = ?').run(name)
    const holder = holders.find(({ machine }) => machine !== undefined) ?? holders.at(0)
    if (freed.length === 0 && holder !== undefined) throw heldBy(holder, database.file)
    return freed
  })
}

function heldBy({ pid, machine, purpose, acquiredAt }: LockHolder, file: string): WorkbenchError {
  if (machine === undefined) {
    return new WorkbenchError(
      'locked',
      phrase`Process ${String(pid)} is ${purpose} in this workspace since ${{ instant: acquiredAt }}.`,
      phrase`Wait for it to finish, or stop it, and try again.`,
    )
  }
  const remedy = `behavegpt workspace unlock --workspace "${path.dirname(file)}" --gone "${machine}"`
  return new WorkbenchError(
    'locked',
    phrase`Process ${String(pid)} on ${machine}, another machine or container, is ${purpose} in this workspace since ${{ instant: acquiredAt }}.`,
    phrase`Wait for it to finish, or stop it there, and try again. If that machine or container is gone for good, free the workspace with: ${remedy}`,
  )
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
