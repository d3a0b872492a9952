import type { Reject } from '../../shared/logs.ts'
import { render } from '../../shared/phrase.ts'
import { readRejects, selectRejects } from '../storage/rejects.ts'
import { findSource } from '../storage/sources.ts'
import { type FileCell, type FileColumn, writeTableFile } from '../storage/table-file.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'

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
 * Writes all rejects of a source to a CSV or Parquet file, as its ending says, with the columns file, line, field, reason, raw.
 * @returns how many.
 * @throws WorkbenchError `not-found` for an unknown source, `usage` for another ending, `storage` when the disk refuses.
 */
export async function exportRejects(workspace: ReadWorkspace, nameOrId: string, file: string): Promise<number> {
  const source = findSource(workspace.database, nameOrId)
  await writeTableFile(file, columns, cells(readRejects(workspace.database, source.id)), workspace.temporary)
  return source.rejected
}

const columns: readonly FileColumn[] = [
  { name: 'file', type: 'text' },
  { name: 'line', type: 'integer' },
  { name: 'field', type: 'text' },
  { name: 'reason', type: 'text' },
  { name: 'raw', type: 'text' },
]

function* cells(rejects: Iterable<Reject>): Generator<FileCell[]> {
  for (const { file, line, field, reason, raw } of rejects) yield [file, line, field, render(reason), raw]
}
