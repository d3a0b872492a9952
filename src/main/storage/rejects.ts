import type { Reject, RejectReason } from '../../shared/logs.ts'
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

/** SQL of a page of rejects: all of a source (source, offset, limit), or those of one reason (source, reason, limit, offset). */
export const rejectPageSql = {
  // Positions count from 0 without gaps.
  all: 'SELECT file, line, field, reason, raw FROM rejects WHERE source = ? AND position >= ? ORDER BY position LIMIT ?',
  ofReason:
    'SELECT file, line, field, reason, raw FROM rejects INDEXED BY rejects_by_reason WHERE source = ? AND reason = ? ORDER BY position LIMIT ? OFFSET ?',
}

/** Rejects of a source from an offset on, in the order in which they were met; of one reason only where it is given. */
export function selectRejects(
  database: ReadDatabase,
  source: number,
  { reason, offset, limit }: { reason?: string; offset: number; limit: number },
): Reject[] {
  if (reason === undefined) return database.query<Reject>(rejectPageSql.all).all(source, offset, limit)
  return database.query<Reject>(rejectPageSql.ofReason).all(source, reason, limit, offset)
}

/** SQL of the most frequent reasons: of a source, at most so many. */
export const rejectReasonsSql =
  'SELECT reason, count(*) AS rejects FROM rejects WHERE source = ? GROUP BY reason ORDER BY rejects DESC, reason LIMIT ?'

/** Why rows of a source were refused, the most frequent reasons first. */
export function rejectReasons(database: ReadDatabase, source: number, limit: number): RejectReason[] {
  return database.query<RejectReason>(rejectReasonsSql).all(source, limit)
}
