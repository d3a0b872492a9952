import type { Reject } from '../../shared/logs.ts'
import type { ReadDatabase, WriteDatabase } from './database.ts'

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
