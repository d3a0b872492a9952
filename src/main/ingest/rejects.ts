import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Reject } from '../../shared/logs.ts'
import { writeFileAtomic } from '../storage/files.ts'
import { readRejects } from '../storage/rejects.ts'
import { findSource } from '../storage/sources.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'

const columns = ['file', 'line', 'field', 'reason', 'raw'] as const

function csvField(value: string | number): string {
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function* csvLines(rejects: Iterable<Reject>): Generator<string> {
  yield `${columns.join(',')}\n`
  for (const reject of rejects) yield `${columns.map((column) => csvField(reject[column])).join(',')}\n`
}

/** The rows of a source that were not imported, in the order of the files, at most `limit`. @throws WorkbenchError `not-found` for an unknown source. */
export function listRejects(workspace: ReadWorkspace, nameOrId: string, limit = Number.POSITIVE_INFINITY): Reject[] {
  const source = findSource(workspace.database, nameOrId)
  const rejects: Reject[] = []
  for (const reject of readRejects(workspace.database, source.id)) {
    if (rejects.length >= limit) break
    rejects.push(reject)
  }
  return rejects
}

/**
 * Writes all rejects of a source to a CSV file with the columns file, line, field, reason, raw.
 * @returns how many.
 * @throws WorkbenchError `not-found` for an unknown source, `storage` when the disk refuses.
 */
export async function exportRejects(workspace: ReadWorkspace, nameOrId: string, file: string): Promise<number> {
  const source = findSource(workspace.database, nameOrId)
  await writeFileAtomic(file, async (temporary) => {
    await pipeline(
      Readable.from(csvLines(readRejects(workspace.database, source.id))),
      createWriteStream(temporary, { flags: 'wx' }),
    )
  })
  return source.rejected
}
