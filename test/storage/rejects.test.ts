import { expect, test } from 'vitest'
import {
  addRejects,
  rejectPageSql,
  rejectReasons,
  rejectReasonsSql,
  selectRejects,
} from '../../src/main/storage/rejects.ts'
import { encodePhrase, phrase } from '../../src/shared/phrase.ts'
import { createLogWorkspace } from '../support/log-workspace.ts'

const tooLong = phrase`longer than ${1000} characters`

const lineOf = ({ line }: { line: number }) => line

test('refused rows are paged in the order of the files, all of them or those of one reason', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const source = log.addSource('a', [])
  const other = log.addSource('b', [])
  const refused = Array.from({ length: 10 }, (_, index) => ({
    file: 'log.csv',
    line: index + 2,
    field: 'user',
    reason: index % 3 === 0 ? tooLong : phrase`empty`,
    raw: ',walk',
  }))
  addRejects(database, source, 0, refused.slice(0, 6))
  addRejects(database, source, 6, refused.slice(6))
  addRejects(database, other, 0, refused.slice(0, 1))

  expect(selectRejects(database, source, { offset: 0, limit: 4 }).map(lineOf)).toEqual([2, 3, 4, 5])
  expect(selectRejects(database, source, { offset: 8, limit: 4 })).toEqual(refused.slice(8))
  expect(selectRejects(database, source, { reason: encodePhrase(tooLong), offset: 1, limit: 2 }).map(lineOf)).toEqual([
    5, 8,
  ])
  expect(rejectReasons(database, source, 5)).toEqual([
    { reason: phrase`empty`, rejects: 6 },
    { reason: tooLong, rejects: 4 },
  ])
  expect(rejectReasons(database, other, 5)).toEqual([{ reason: tooLong, rejects: 1 }])
})

test('pages and reasons are found by index, without reading the texts of other rows', () => {
  using log = createLogWorkspace()
  const plan = (sql: string) =>
    log.workspace.database
      .query<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...new Array(sql.split('?').length - 1).fill(1))
      .map(({ detail }) => detail)
      .join('\n')
  expect(plan(rejectPageSql.all)).toBe('SEARCH rejects USING PRIMARY KEY (source=? AND position>?)')
  expect(plan(rejectPageSql.ofReason)).toBe('SEARCH rejects USING INDEX rejects_by_reason (source=? AND reason=?)')
  expect(plan(rejectReasonsSql)).toContain('SEARCH rejects USING COVERING INDEX rejects_by_reason (source=?)')
})
