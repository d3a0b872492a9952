import type { Reject, RejectReason } from '../../shared/logs.ts'
import { decodePhrase, encodePhrase } from '../../shared/phrase.ts'
import type { ReadDatabase, WriteDatabase } from './database.ts'

/** A reject as it is stored: its reason is the text of `encodePhrase`. */
interface RejectRow extends Omit<Reject, 'reason'> {
  reason: string
}

const toReject = (row: RejectRow): Reject => ({ ...row, reason: decodePhrase(row.reason) })

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
      insert.run(source, position + index, file, line, field, encodePhrase(reason), raw)
    })
  })
}

/** Rejects of a source in the order in which they were met, one by one. */
export function* readRejects(database: ReadDatabase, source: number): Generator<Reject> {
  const sql = 'SELECT file, line, field, reason, raw FROM rejects WHERE source = ? ORDER BY position'
  for (const row of database.iterate<RejectRow>(sql, source)) yield toReject(row)
}

/** SQL of a page of rejects: all of a source (source, offset, limit), or those of one reason (source, reason, limit, offset). */
export const rejectPageSql = {
  // Positions count from 0 without gaps.
  all: 'SELECT file, line, field, reason, raw FROM rejects WHERE source = ? AND position >= ? ORDER BY position LIMIT ?',
  ofReason:
    'SELECT file, line, field, reason, raw FROM rejects INDEXED BY rejects_by_reason WHERE source = ? AND reason = ? ORDER BY position LIMIT ? OFFSET ?',
}

/** Rejects of a source from an offset on, in the order in which they were met; of one reason, as it is stored, only where it is given. */
export function selectRejects(
  database: ReadDatabase,
  source: number,
  { reason, offset, limit }: { reason?: string; offset: number; limit: number },
): Reject[] {
  const rows =
    reason === undefined
      ? database.query<RejectRow>(rejectPageSql.all).all(source, offset, limit)
      : database.query<RejectRow>(rejectPageSql.ofReason).all(source, reason, limit, offset)
  return rows.map(toReject)
}

/** SQL of the most frequent reasons: of a source, at most so many. */
export const rejectReasonsSql =
  'SELECT reason, count(*) AS rejects FROM rejects WHERE source = ? GROUP BY reason ORDER BY rejects DESC, reason LIMIT ?'

/** Why rows of a source were refused, the most frequent reasons first. */
export function rejectReasons(database: ReadDatabase, source: number, limit: number): RejectReason[] {
  const rows = database.query<{ reason: string; rejects: number }>(rejectReasonsSql).all(source, limit)
  return rows.map(({ reason, rejects }) => ({ reason: decodePhrase(reason), rejects }))
}
