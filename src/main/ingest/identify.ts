import { WorkbenchError } from '../../shared/errors.ts'
import { atTerminal, phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { findFile, hasFileOfSize, type IdentifiedFile } from '../storage/sources.ts'
import { type InputFile, identifyFile, statedContentSize } from './input-file.ts'

/** Asks the database of a workspace, where there is one, which is open for as long as `work` takes. */
export type Look = <Result>(work: (database: ReadDatabase) => Result) => Result

/**
 * Hashes files, as they are stored and what they hold.
 * @throws WorkbenchError `conflict` for content that is imported already, or given twice, compressed or not; `input` for damaged compressed data.
 */
export async function identifyFiles(
  look: Look | undefined,
  files: readonly InputFile[],
  context: JobContext,
): Promise<IdentifiedFile[]> {
  const identified: IdentifiedFile[] = []
  for (const file of files) {
    const { path } = file
    context.report({ stage: phrase`checking ${path}`, done: identified.length, total: files.length, unit: 'files' })
    const known = await identifyFile(file, context.signal)
    const stored = look?.((database) => findFile(database, known))
    if (stored !== undefined) {
      throw new WorkbenchError(
        'conflict',
        phrase`${path} is imported already: source ${stored.source} holds the same content (${stored.path}).`,
        phrase`Remove that source first to import it again${atTerminal(`behavegpt sources remove ${stored.source}`)}.`,
      )
    }
    const twin = identified.find((other) => other.content.sha256 === known.content.sha256)
    if (twin !== undefined)
      throw new WorkbenchError(
        'conflict',
        phrase`${path} and ${twin.path} have the same content.`,
        phrase`Give each file once.`,
      )
    identified.push(known)
  }
  return identified
}

/**
 * The same refusals without reading what cannot be the same: only files of a size that another one has, as they are stored or by what they say of their content, are
 * hashed. What says nothing, or is compressed in several parts, is left to the import.
 */
export async function refuseKnownFiles(
  look: Look | undefined,
  files: readonly InputFile[],
  context: JobContext,
): Promise<void> {
  const sized = await Promise.all(files.map(async (file) => ({ file, content: await statedContentSize(file) })))
  const likely = sized.filter(
    ({ file, content }) =>
      (look?.((database) => hasFileOfSize(database, file.size, content)) ?? false) ||
      sized.some(
        (other) =>
          other.file !== file &&
          (other.file.size === file.size || (content !== undefined && other.content === content)),
      ),
  )
  await identifyFiles(
    look,
    likely.map(({ file }) => file),
    context,
  )
}
