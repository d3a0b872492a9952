import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { WorkbenchError } from '../../shared/errors.ts'
import { atTerminal, phrase } from '../../shared/phrase.ts'

/**
 * Checks, before the long work, that a file can be written to `path`.
 * Throws WorkbenchError `not-found` when its folder does not exist, `usage` when the path is itself a folder, `conflict` when a file is there
 * that must not be replaced.
 */
export async function assertOutputPath(path: string, { overwrite }: { overwrite: boolean }): Promise<void> {
  const folder = dirname(resolve(path))
  if (!(await kindOf(folder))?.isDirectory()) {
    throw new WorkbenchError(
      'not-found',
      phrase`There is no folder ${folder} to write ${path} into.`,
      phrase`Create it first.`,
    )
  }
  const existing = await kindOf(path)
  if (existing?.isDirectory())
    throw new WorkbenchError('usage', phrase`${path} is a folder.`, phrase`Give the path of a file.`)
  if (existing !== undefined && !overwrite) {
    throw new WorkbenchError(
      'conflict',
      phrase`${path} exists already.`,
      phrase`Choose another path, or overwrite it${atTerminal('--overwrite')}.`,
    )
  }
}

async function kindOf(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
