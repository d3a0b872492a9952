import { WorkbenchError } from '../../shared/errors.ts'
import { type Phrase, phrase } from '../../shared/phrase.ts'

const fullDisk = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL'])
const refused = new Set(['EROFS', 'EACCES', 'EPERM'])
const deviceFailures = new Set(['EIO', 'EMFILE', 'ENFILE', 'EBUSY', 'ENXIO'])

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : undefined
}

/**
 * The WorkbenchError of a failure of the disk or the database while doing `action` (a verb phrase: `writing <path>`), or the error itself when it is
 * something else: our own WorkbenchErrors and defects pass unchanged.
 */
export function toStorageError(error: unknown, action: Phrase): unknown {
  const code = codeOf(error)
  if (error instanceof WorkbenchError || code === undefined) return error
  const options = { cause: error }
  const reason = error instanceof Error ? error.message : String(error)
  if (fullDisk.has(code)) {
    return new WorkbenchError(
      'storage',
      phrase`The disk is full: ${action} failed.`,
      phrase`Free some space and try again; nothing half-written was kept.`,
      options,
    )
  }
  if (refused.has(code) || code.startsWith('SQLITE_READONLY') || code === 'SQLITE_PERM') {
    return new WorkbenchError(
      'storage',
      phrase`Not allowed: ${action} failed (${reason}).`,
      phrase`Check that the folder is on a writable disk and belongs to you.`,
      options,
    )
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return new WorkbenchError(
      'corrupt',
      phrase`The workspace database is damaged: ${action} failed (${reason}).`,
      phrase`Restore workbench.db from a backup, or recover what is readable with \`sqlite3 workbench.db .recover\`; datasets/ and runs/ are not affected.`,
      options,
    )
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new WorkbenchError(
      'locked',
      phrase`Another process is writing to the workspace: ${action} gave up waiting.`,
      phrase`Wait for it to finish and try again.`,
      options,
    )
  }
  if (code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_CANTOPEN') || deviceFailures.has(code)) {
    return new WorkbenchError(
      'storage',
      phrase`The disk failed: ${action} failed (${reason}).`,
      phrase`Check the disk and its free space.`,
      options,
    )
  }
  return error
}

/** Runs synchronous work and maps failures of the disk or database (see `toStorageError`). */
export function withStorageErrors<Result>(action: Phrase, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw toStorageError(error, action)
  }
}

/** The same for asynchronous work. */
export async function withStorageErrorsAsync<Result>(action: Phrase, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw toStorageError(error, action)
  }
}
