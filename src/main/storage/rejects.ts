import type { ReadDatabase, WriteDatabase } from './database.ts'

/** A row that was not imported, and why. */
export interface Reject {
  file: string
  /** From 1, the header included; of Parquet the number of the row. */
  line: number
  /** The column at fault; empty when the row as a whole is. */
  field: string
  reason: string
  /** The row's text, cut after some thousand characters, which a final … shows. */
  raw: string
}

/** Adds rejects of a source from a position on, in the order in which they were met. */
export function addRejects(
  database: WriteDatabase,
  source: number,
  position: number,
  rejects: readonly Reject[],
): void {
  const insert = database.change(
    'INSERT INTO rejects (source, position, file, line, field, reason, raw) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  database.transaction(() => {
    rejects.forEach(({ file, line, field, reason, raw }, index) => {
      insert.run(source, position + index, file, line, field, reason, raw)
    })
  })
}

/** Rejects of a source in the order in which they were met, one by one. */
export function readRejects(database: ReadDatabase, source: number): IterableIterator<Reject> {
  return database.iterate<Reject>(
    'SELECT file, line, field, reason, raw FROM rejects WHERE source = ? ORDER BY position',
    source,
  )
}
