import { originOf } from '../../shared/files.ts'
import type { Reject } from '../../shared/logs.ts'
import { render } from '../../shared/phrase.ts'
import { readRejects } from '../storage/rejects.ts'
import { findSource } from '../storage/sources.ts'
import { type FileCell, type FileColumn, writeTableFile } from '../storage/table-file.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'

/**
 * Writes all rejects of a source to a CSV or Parquet file, as its ending says, with the columns file, line, field, reason, raw. A file that was uploaded or
 * generated has its name alone: where it lay meanwhile says nothing to anybody.
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
  for (const { file, line, field, reason, raw } of rejects)
    yield [originOf(file).name, line, field, render(reason), raw]
}
