import { expect, test } from 'vitest'
import { childSql } from '../../src/main/storage/review-actions.ts'
import { disagreementSql } from '../../src/main/storage/review-decisions.ts'
import { progressSql } from '../../src/main/storage/review-projects.ts'
import { createLogWorkspace } from '../support/log-workspace.ts'

test('what is asked after every action searches in indexes and never sorts', () => {
  using log = createLogWorkspace()
  const plan = (sql: string) =>
    log.workspace.database
      .query<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...new Array(sql.split('?').length - 1).fill(1))
      .map(({ detail }) => detail)
  expect(plan(childSql)).toEqual([
    'SEARCH review_actions USING INDEX review_actions_by_parent (project=? AND reviewer=? AND parent=?)',
  ])
  const progress = plan(progressSql).join('\n')
  expect(progress).toContain('SEARCH d USING COVERING INDEX review_decisions_by_reviewer (project=? AND reviewer=?)')
  expect(progress).not.toMatch(/^SCAN/m)
  const disagreements = plan(disagreementSql).join('\n')
  expect(disagreements).toMatch(/SEARCH d USING PRIMARY KEY \(project=\?\)/)
  // Of a sequence on which somebody said something else, the labels of one person.
  expect(disagreements.replace('SCAN placed VIRTUAL TABLE', '')).not.toMatch(/^SCAN|TEMP B-TREE/m)
})
