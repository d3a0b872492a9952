import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises'
import path from 'node:path'
import { WorkbenchError } from '../../shared/errors.ts'
import { type Phrase, phrase } from '../../shared/phrase.ts'
import { withStorageErrors, withStorageErrorsAsync } from './failures.ts'
import { isRunning, type ProcessIdentity, thisProcess } from './processes.ts'

/**
 * Files that outlive a crash: written under a temporary name beside the final one, flushed to the disk, renamed. A temporary name holds the writer's process, so that
 * what a killed process left is recognised and removed (`removeStaleTemporaries`).
 */

const temporaryName = /^\..+\.(\d+)-([^.-]*)(?:-(\d*)-([0-9a-f]{8}))?-[0-9a-f]{12}\.temporary$/

/** So many bytes of a file's name are in its temporary one, which must fit into the 255 that file systems have. */
const longestName = 120

function temporaryBeside(final: string): string {
  const { pid, started, place } = thisProcess()
  const where = place === undefined ? '' : `-${place.namespace}-${place.machine}`
  const writer = `${pid}-${Buffer.from(started).toString('hex')}${where}`
  const name = Buffer.from(path.basename(final)).subarray(0, longestName).toString()
  return path.join(path.dirname(final), `.${name}.${writer}-${randomBytes(6).toString('hex')}.temporary`)
}

function writerOf(temporary: string): ProcessIdentity | undefined {
  const match = temporaryName.exec(temporary)
  if (match === null) return undefined
  const [, pid, started, namespace, machine] = match
  const place = machine === undefined ? undefined : { namespace, machine }
  return { pid: Number(pid), started: Buffer.from(started, 'hex').toString(), place }
}

/** Flushes a file or directory to the disk. Directories cannot be flushed on Windows, where it does nothing for them. */
async function flush(target: string, directory: boolean): Promise<void> {
  if (directory && process.platform === 'win32') return
  const handle = await open(target, directory ? 'r' : 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function flushTree(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const target = path.join(directory, entry.name)
    if (entry.isDirectory()) await flushTree(target)
    else if (entry.isFile()) await flush(target, false)
  }
  await flush(directory, true)
}

/**
 * Writes a whole file, or leaves the old one untouched. `content` is the data, or a function that writes the temporary file itself (for streams).
 * @throws WorkbenchError `storage` when the disk is full, read-only or not allowed.
 */
export async function writeFileAtomic(
  final: string,
  content: string | Uint8Array | ((temporary: string) => Promise<void>),
): Promise<void> {
  const temporary = temporaryBeside(final)
  await withStorageErrorsAsync(phrase`writing ${final}`, async () => {
    try {
      if (typeof content === 'function') {
        await content(temporary)
        await flush(temporary, false)
      } else {
        const handle = await open(temporary, 'wx')
        try {
          await handle.writeFile(content)
          await handle.sync()
        } finally {
          await handle.close()
        }
      }
      await rename(temporary, final)
      await flush(path.dirname(final), true)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  })
}

/**
 * Makes a directory and those above it, where they are not there yet. Not `mkdir` with `recursive`: that never ends where a directory is there in which none can be made, as in /proc.
 * @throws WorkbenchError `storage` where the system makes none; otherwise what the system says.
 */
export function makeDirectory(directory: string, mode?: number): void {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return
  const above = path.dirname(directory)
  if (above !== directory) makeDirectory(above, mode)
  try {
    mkdirSync(directory, mode)
  } catch (error) {
    // Another process may have made it meanwhile.
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new WorkbenchError(
      'storage',
      phrase`No folder can be made in ${above}.`,
      phrase`Choose a folder elsewhere.`,
      { cause: error },
    )
  }
}

/**
 * Makes a directory appear with everything in it, or not at all: `fill` writes into a temporary one, which is flushed and renamed. With `replace`, an existing
 * directory gives way to the new one; a crash between the two renames is undone by `recoverReplacedDirectory`.
 * @returns what `fill` returned.
 * @throws WorkbenchError `conflict` when `final` exists and `replace` is not set; `storage` when the disk refuses.
 */
export async function createDirectoryAtomic<Result>(
  final: string,
  fill: (temporary: string) => Promise<Result>,
  { replace = false }: { replace?: boolean } = {},
): Promise<Result> {
  if (!replace) refuseExisting(final)
  const temporary = temporaryBeside(final)
  return withStorageErrorsAsync(phrase`writing ${final}`, async () => {
    try {
      makeDirectory(path.dirname(final))
      await mkdir(temporary)
      const result = await fill(temporary)
      await flushTree(temporary)
      if (replace) await replaceDirectory(temporary, final)
      else await renameNew(temporary, final)
      await flush(path.dirname(final), true)
      return result
    } catch (error) {
      await rm(temporary, { recursive: true, force: true })
      throw error
    }
  })
}

function refuseExisting(final: string): void {
  if (existsSync(final)) throw new WorkbenchError('conflict', phrase`${final} already exists.`)
}

async function renameNew(temporary: string, final: string): Promise<void> {
  try {
    await rename(temporary, final)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOTEMPTY' || code === 'EEXIST')
      throw new WorkbenchError('conflict', phrase`${final} was written by another process meanwhile.`)
    throw error
  }
}

/** Where a directory that is being replaced waits until the new one is in place: for readers that find `final` missing. */
export const previousOf = (final: string) => path.join(path.dirname(final), `.${path.basename(final)}.previous`)

async function replaceDirectory(temporary: string, final: string): Promise<void> {
  const previous = previousOf(final)
  await recoverReplacedDirectory(final)
  if (existsSync(final)) await rename(final, previous)
  await rename(temporary, final)
  await flush(path.dirname(final), true)
  await rm(previous, { recursive: true, force: true })
}

/** Brings back a directory whose replacement was interrupted between its two renames; to be called before it is read. Does nothing otherwise. */
export async function recoverReplacedDirectory(final: string): Promise<void> {
  const previous = previousOf(final)
  if (!existsSync(previous)) return
  await withStorageErrorsAsync(phrase`recovering ${final}`, async () => {
    if (existsSync(final)) await rm(previous, { recursive: true, force: true })
    else await rename(previous, final)
  })
}

/**
 * Removes a directory, which disappears at once or not at all; what a crash leaves of it is taken away by `removeStaleTemporaries`. Does nothing where there is none.
 * @throws WorkbenchError `storage` when the disk refuses.
 */
export async function removeDirectoryAtomic(directory: string): Promise<void> {
  if (!existsSync(directory)) return
  const temporary = temporaryBeside(directory)
  await withStorageErrorsAsync(phrase`removing ${directory}`, async () => {
    await rename(directory, temporary)
    await flush(path.dirname(directory), true)
    await rm(temporary, { recursive: true, force: true })
  })
}

/** Removes what processes that no longer run left half-written directly inside `directory`; returns the removed paths. */
export function removeStaleTemporaries(directory: string): string[] {
  return withStorageErrors(phrase`tidying ${directory}`, () => {
    const removed: string[] = []
    for (const name of existsSync(directory) ? readdirSync(directory) : []) {
      const writer = writerOf(name)
      if (writer === undefined || isRunning(writer)) continue
      const stale = path.join(directory, name)
      rmSync(stale, { recursive: true, force: true })
      removed.push(stale)
    }
    return removed
  })
}

/** Gives `work` an empty directory inside `parent` and removes it afterwards; one that a killed process left goes with `removeStaleTemporaries`. */
export async function withTemporaryDirectory<Result>(
  parent: string,
  name: string,
  work: (directory: string) => Promise<Result>,
): Promise<Result> {
  const directory = temporaryBeside(path.join(parent, name))
  await withStorageErrorsAsync(phrase`creating ${directory}`, async () => makeDirectory(directory))
  try {
    return await work(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/**
 * Refuses work that would fill the disk halfway.
 * @param bytes what the work will write, roughly.
 * @throws WorkbenchError `storage` that tells what is needed and what is free.
 */
export async function requireSpace(directory: string, bytes: number, action: Phrase): Promise<void> {
  const { bavail, bsize } = await withStorageErrorsAsync(phrase`looking at ${directory}`, () => statfs(directory))
  const free = bavail * bsize
  if (free >= bytes) return
  const megabytes = (size: number) => `${Math.ceil(size / 1e6)} MB`
  throw new WorkbenchError(
    'storage',
    phrase`The disk is full: ${action} takes about ${megabytes(bytes)}, and ${directory} has ${megabytes(free)} left.`,
    phrase`Free some space and try again; nothing half-written was kept.`,
  )
}
