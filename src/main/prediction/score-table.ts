import { type FileColumn, writeTableFile } from '../storage/table-file.ts'

export { csvText } from '../../shared/csv.ts'
export { assertTablePath } from '../storage/table-file.ts'

/** One line of a table of scores. */
export interface ScoreRow {
  user: string
  /** 1 is the most probable. */
  rank: number
  behaviour: string
  probability: number
}

const columns: readonly FileColumn[] = [
  { name: 'user', type: 'text' },
  { name: 'rank', type: 'integer' },
  { name: 'behaviour', type: 'text' },
  { name: 'probability', type: 'number' },
]

/** Writes a whole table of scores, as of `writeTableFile`. */
export async function writeScoreTable(path: string, rows: Iterable<ScoreRow>, scratch: string): Promise<void> {
  await writeTableFile(path, columns, cells(rows), scratch)
}

function* cells(rows: Iterable<ScoreRow>) {
  for (const { user, rank, behaviour, probability } of rows) yield [user, rank, behaviour, probability]
}
