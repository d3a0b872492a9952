import { WorkbenchError } from '../../shared/errors.ts'
import type { SourceFile } from '../../shared/logs.ts'
import { atTerminal, phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { findFile, hasFileOfSize } from '../storage/sources.ts'
import { hashFile, type InputFile } from './input-file.ts'

/** Asks the database of a workspace, where there is one, which is open for as long as `work` takes. */
export type Look = <Result>(work: (database: ReadDatabase) => Result) => Result

/**
 * Hashes files, as they are stored.
 * @throws WorkbenchError `conflict` for content that is imported already, or given twice.
 */
export async function identifyFiles(
  look: Look | undefined,
  files: readonly InputFile[],
  context: JobContext,
): Promise<SourceFile[]> {
  const identified: SourceFile[] = []
  for (const file of files) {
    const { path, size } = file
    context.report({ stage: phrase`checking ${path}`, done: identified.length, total: files.length, unit: 'files' })
    const sha256 = await hashFile(file, context.signal)
    const stored = look?.((database) => findFile(database, sha256))
    if (stored !== undefined) {
      throw new WorkbenchError(
        'conflict',
        phrase`${path} is imported already: source ${stored.source} holds the same content (${stored.path}).`,
        phrase`Remove that source first to import it again${atTerminal(`behavegpt sources remove ${stored.source}`)}.`,
      )
    }
    const twin = identified.find((other) => other.sha256 === sha256)
    if (twin !== undefined)
      throw new WorkbenchError(
        'conflict',
        phrase`${path} and ${twin.path} have the same content.`,
        phrase`Give each file once.`,
      )
    identified.push({ path, sha256, size })
  }
  return identified
}

/** The same refusals without reading what cannot be the same: only files of a size that another one has are hashed. */
export async function refuseKnownFiles(
  look: Look | undefined,
  files: readonly InputFile[],
  context: JobContext,
): Promise<void> {
  const isStored = (size: number) => look?.((database) => hasFileOfSize(database, size)) ?? false
  const likely = files.filter(
    (file) => isStored(file.size) || files.some((other) => other !== file && other.size === file.size),
  )
  await identifyFiles(look, likely, context)
}
