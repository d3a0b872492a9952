import { gapNames } from '../../shared/gaps.ts'
import { type ExtraHead, elsewhere } from '../../shared/heads.ts'
import type { StoredScore } from '../storage/scores.ts'
import { type FileColumn, writeTableFile } from '../storage/table-file.ts'

export { assertTablePath } from '../storage/table-file.ts'

const columns: readonly FileColumn[] = [
  { name: 'user', type: 'text' },
  { name: 'rank', type: 'integer' },
  { name: 'behaviour', type: 'text' },
  { name: 'probability', type: 'number' },
]

const headColumns: Record<ExtraHead, readonly FileColumn[]> = {
  location: [
    { name: 'location', type: 'text' },
    { name: 'location_probability', type: 'number' },
  ],
  gap: [
    { name: 'gap', type: 'text' },
    { name: 'gap_probability', type: 'number' },
  ],
}

/** Writes a whole table of scores, as of `writeTableFile`; for each extra head of the run with its most probable class and the probability, the same in all of a user's rows. */
export async function writeScoreTable(
  path: string,
  rows: Iterable<StoredScore>,
  heads: readonly ExtraHead[],
  scratch: string,
): Promise<void> {
  const all = [...columns, ...heads.flatMap((head) => headColumns[head])]
  await writeTableFile(path, all, cells(rows, heads), scratch)
}

function* cells(rows: Iterable<StoredScore>, heads: readonly ExtraHead[]) {
  for (const { user, rank, behaviour, probability, ...ofHeads } of rows) {
    const extra = heads.flatMap((head) => {
      const value = ofHeads[head]
      const chance = ofHeads[`${head}Probability`]
      return [value === null ? null : nameOf(head, value), chance]
    })
    yield [user, rank, behaviour, probability, ...extra]
  }
}

function nameOf(head: ExtraHead, value: string): string {
  return head === 'gap' ? gapNames[Number(value)] : value === '' ? elsewhere : value
}
