import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { csvText } from '../../shared/csv.ts'
import type { Reject } from '../../shared/logs.ts'
import { render } from '../../shared/phrase.ts'
import { writeFileAtomic } from '../storage/files.ts'
import { readRejects, selectRejects } from '../storage/rejects.ts'
import { findSource } from '../storage/sources.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'

const columns = ['file', 'line', 'field', 'reason', 'raw'] as const

function* csvLines(rejects: Iterable<Reject>): Generator<string> {
  yield `${columns.join(',')}\n`
  for (const reject of rejects) yield `${columns.map((column) => csvText(textOf(reject, column))).join(',')}\n`
}

const textOf = (reject: Reject, column: (typeof columns)[number]) =>
  column === 'reason' ? render(reject.reason) : String(reject[column])

/** Which of the refused rows: `offset` of them are passed over, of one `reason` (as of `encodePhrase`) only where it is given. */
export interface RejectSelection {
  reason?: string
  offset?: number
  limit?: number
}

/** The rows of a source that were not imported, in the order of the files. @throws WorkbenchError `not-found` for an unknown source. */
export function listRejects(workspace: ReadWorkspace, nameOrId: string, selection: RejectSelection = {}): Reject[] {
  const { reason, offset = 0, limit = Number.MAX_SAFE_INTEGER } = selection
  const source = findSource(workspace.database, nameOrId)
  return selectRejects(workspace.database, source.id, { reason, offset, limit })
}

/**
 * Writes all rejects of a source to a CSV file with the columns file, line, field, reason, raw; texts as of `csvText`.
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
