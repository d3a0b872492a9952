import { accessSync, closeSync, constants, existsSync, openSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { WorkbenchError } from '../../shared/errors.ts'
import { atTerminal, phrase } from '../../shared/phrase.ts'
import { openReadDatabase, openWriteDatabase, type ReadDatabase, type WriteDatabase } from './database.ts'
import { toStorageError, withStorageErrors } from './failures.ts'
import { makeDirectory, removeStaleTemporaries } from './files.ts'
import { isCurrent, migrate, schemaVersion } from './schema.ts'
import { recoverSources } from './source-removal.ts'

/** A workspace folder, open for reading: `workbench.db`, `datasets/<id>/`, `runs/<id>/`. */
export interface ReadWorkspace {
  readonly directory: string
  readonly database: ReadDatabase
  readonly datasets: string
  readonly runs: string
  /** For files that live as long as one operation; each takes a subfolder of its own. */
  readonly temporary: string
  close(): void
  [Symbol.dispose](): void
}

/** The same, open for writing. Wherever a reader is wanted, a writer will do; never the other way round. */
export interface WriteWorkspace extends ReadWorkspace {
  readonly database: WriteDatabase
}

export interface OpenOptions {
  mode: 'read' | 'write'
  /** Write mode: make the folder when it is no workspace yet. */
  create?: boolean
}

const databaseName = 'workbench.db'

/** Whether there is a workspace in a folder, whatever its state. */
export const isWorkspace = (directory: string): boolean => existsSync(path.join(directory, databaseName))

/**
 * Opens a workspace. A writer brings the schema up to date. Several processes may have it open; each write is a short transaction, and long exclusive work takes a named
 * lock (locks.ts).
 * @throws WorkbenchError `not-found` when there is no workspace and `create` is not set, `input` when a file lies where its folder would be, `storage` when the disk refuses or the schema is newer than this program,
 * `corrupt` when the database is damaged, or missing or empty beside the datasets and runs that it listed.
 */
export function openWorkspace(directory: string, options: OpenOptions & { mode: 'write' }): WriteWorkspace
export function openWorkspace(directory: string, options: OpenOptions & { mode: 'read' }): ReadWorkspace
export function openWorkspace(directory: string, options: OpenOptions): ReadWorkspace | WriteWorkspace {
  const absolute = path.resolve(directory)
  const file = path.join(absolute, databaseName)
  if (!isWorkspace(absolute) && !(options.mode === 'write' && options.create)) {
    throw new WorkbenchError(
      'not-found',
      phrase`There is no workspace in ${absolute}.`,
      phrase`Import a log first, or choose another folder${atTerminal('--workspace')}.`,
    )
  }
  const database = withStorageErrors(phrase`opening the workspace ${absolute}`, () => {
    // Before SQLite sees an empty file: it would throw away the write-ahead log beside it.
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0) refuseLostDatabase(absolute)
    return options.mode === 'write' ? openToWrite(absolute, file) : openToRead(file)
  })
  return {
    directory: absolute,
    database,
    datasets: path.join(absolute, 'datasets'),
    runs: path.join(absolute, 'runs'),
    temporary: path.join(absolute, 'temporary'),
    close: () => database.close(),
    [Symbol.dispose]: () => database.close(),
  }
}

function openToWrite(directory: string, file: string): WriteDatabase {
  if (existsSync(file)) makeFolders(directory)
  else makePrivate(directory, file)
  // SQLite would only say that it cannot open the file.
  for (const place of [directory, file]) if (existsSync(place)) accessSync(place, constants.W_OK)
  const database = retryWhileLocked(() => openWriteDatabase(file))
  try {
    if (schemaVersion(database) === 0) refuseLostDatabase(directory)
    retryWhileLocked(() => migrate(database))
    retryWhileLocked(() => recoverSources(database))
    for (const folder of ['datasets', 'runs', 'temporary']) removeStaleTemporaries(path.join(directory, folder))
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

/** The folders that hold what the database lists, and the file by which a directory in them is known to be of this program. */
const ownFiles = { datasets: 'manifest.json', runs: 'run.json' }

/** A database without tables is a new workspace's, unless datasets or runs are there already: then it was lost, and a new one would know nothing of them. */
function refuseLostDatabase(directory: string): void {
  const kept = Object.entries(ownFiles).filter(([folder, file]) => {
    const above = path.join(directory, folder)
    return existsSync(above) && readdirSync(above).some((name) => existsSync(path.join(above, name, file)))
  })
  if (kept.length === 0) return
  throw new WorkbenchError(
    'corrupt',
    phrase`The workspace database ${path.join(directory, databaseName)} is missing or empty, but what it listed is still there: ${kept.map(([folder]) => `${folder}/`)}.`,
    phrase`Restore workbench.db from a backup. To begin anew, move datasets/ and runs/ elsewhere, or choose another workspace folder.`,
  )
}

/** Logs of behaviour are personal: what a new workspace is made of is for its owner alone. Windows knows no such modes, and folders there take after the one above them. */
const ownersAlone = { folder: 0o700, file: 0o600 }

/** The folders and the empty database of a new workspace. A folder that a person made stays as it is. */
function makePrivate(directory: string, file: string): void {
  makeFolders(directory, ownersAlone.folder)
  // SQLite gives the files beside the database the mode that it has.
  closeSync(openSync(file, 'a', ownersAlone.file))
}

/**
 * @param mode of folders that are not there yet; what the system's mask leaves where none is given, as in a workspace that is there: a person may share it.
 * @throws WorkbenchError `input` where a file stands in the way of the folder.
 */
function makeFolders(directory: string, mode?: number): void {
  try {
    makeDirectory(path.dirname(directory))
    for (const folder of ['', 'datasets', 'runs', 'temporary']) makeDirectory(path.join(directory, folder), mode)
  } catch (error) {
    if (!['ENOTDIR', 'EEXIST'].includes(String((error as { code?: unknown }).code))) throw error
    throw new WorkbenchError(
      'input',
      phrase`${directory} cannot be a workspace: a file lies there or above it, where a folder is needed.`,
      phrase`Choose another workspace folder.`,
      { cause: error },
    )
  }
}

/** Makes a further folder of a workspace, where it is not there yet, for whom its other folders are. */
export function makeWorkspaceFolder(directory: string, name: string): string {
  const folder = path.join(directory, name)
  const others = statSync(path.join(directory, 'datasets'), { throwIfNoEntry: false })
  makeDirectory(folder, others === undefined ? ownersAlone.folder : others.mode & 0o777)
  return folder
}

function openToRead(file: string): ReadDatabase {
  let database = openReader(file)
  try {
    if (isCurrent(database)) return database
  } catch (error) {
    database.close()
    throw error
  }
  // An older workspace: a short visit as a writer brings it up to date.
  database.close()
  openToWrite(path.dirname(file), file).close()
  database = openReader(file)
  return database
}

/** Write-ahead mode wants to write beside the database even for a reader; on read-only media, where nobody can write, the file is opened as immutable. */
function openReader(file: string): ReadDatabase {
  try {
    return openReadDatabase(file)
  } catch (error) {
    const code = String((error as { code?: unknown }).code)
    const cannotWrite = code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_READONLY')
    // With a write-ahead log that nobody can read, an immutable database would lack the latest transactions.
    if (!cannotWrite || existsSync(`${file}-wal`)) throw error
    return openReadDatabase(file, { immutable: true })
  }
}

/** SQLite does not wait for a lock in every case, such as two processes that turn on write-ahead mode at once. */
function retryWhileLocked<Result>(work: () => Result): Result {
  const deadline = Date.now() + 15_000
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  for (;;) {
    try {
      return work()
    } catch (error) {
      const mapped = toStorageError(error, phrase`opening the workspace`)
      if (!(mapped instanceof WorkbenchError && mapped.code === 'locked') || Date.now() > deadline) throw mapped
      Atomics.wait(sleeper, 0, 0, 20)
    }
  }
}
