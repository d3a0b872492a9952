import { expect, test } from 'vitest'
import type { ReadDatabase } from '../../src/main/storage/database.ts'
import { evaluationSummariesSql } from '../../src/main/storage/evaluations.ts'
import { batchSql, latestEventsSql, userEventsSql } from '../../src/main/storage/events.ts'
import { groupBucketsSql, headBucketsSql, stepBucketsSql } from '../../src/main/storage/runs.ts'
import { firstBehavioursSql, scoredUsersQuery } from '../../src/main/storage/scored-users.ts'
import { removeEventsSql, usersOfSourceSql } from '../../src/main/storage/source-removal.ts'
import { readySources } from '../../src/main/storage/sources.ts'
import { countsSql, userHistogramSql, userTotalsSql } from '../../src/main/storage/tallies.ts'
import { createLogWorkspace } from '../support/log-workspace.ts'

/** What SQLite would do, step by step. */
function plan(database: ReadDatabase, sql: string): string {
  const values = new Array(sql.split('?').length - 1).fill(1)
  return database
    .query<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...values)
    .map(({ detail }) => detail)
    .join('\n')
}

function withSources(check: (database: ReadDatabase) => void): void {
  using log = createLogWorkspace()
  log.addSource('a', [{ user: 'u', time: 1, behaviour: 'b' }])
  log.addSource('b', [{ user: 'u', time: 1, behaviour: 'b' }])
  check(log.workspace.database)
}

test('reading all events walks along the clustered index and never sorts', () => {
  withSources((database) => {
    const steps = plan(database, batchSql('source IN (1, 2) AND time + 60000 * utc_offset >= ?'))
    expect(steps).toMatch(
      /^SEARCH events USING PRIMARY KEY \(user>\?\)$|^SEARCH events USING PRIMARY KEY \(\(user,time,source,tie\)>\(\?,\?,\?,\?\)\)$/m,
    )
    expect(steps).not.toMatch(/TEMP B-TREE|^SCAN events/m)
  })
})

test('the latest events of a user are found in the clustered index, without sorting', () => {
  withSources((database) => {
    const steps = plan(database, latestEventsSql('source IN (1, 2)'))
    expect(steps).toMatch(/SEARCH events USING PRIMARY KEY \(user=\?\)/)
    expect(steps).not.toContain('TEMP B-TREE')
  })
})

test('all events of a user are read in the order of the clustered index', () => {
  withSources((database) => {
    const steps = plan(database, userEventsSql('source IN (1, 2)'))
    expect(steps).toMatch(/SEARCH events USING PRIMARY KEY \(user=\?\)/)
    expect(steps).not.toContain('TEMP B-TREE')
  })
})

test('removing a source searches for its users only, then for their events', () => {
  withSources((database) => {
    expect(plan(database, usersOfSourceSql)).toMatch(/SEARCH source_users USING PRIMARY KEY \(source=\? AND user>\?\)/)
    expect(plan(database, removeEventsSql)).toMatch(/SEARCH events USING PRIMARY KEY \(user=\?\)/)
  })
})

test('the curves of a run are read from its own rows', () => {
  withSources((database) => {
    expect(plan(database, stepBucketsSql)).toMatch(/SEARCH run_steps USING PRIMARY KEY \(run=\? AND step>\?\)/)
    expect(plan(database, groupBucketsSql)).toMatch(/SEARCH run_groups USING PRIMARY KEY \(run=\? AND step>\?\)/)
    expect(plan(database, headBucketsSql)).toMatch(/SEARCH run_head_steps USING PRIMARY KEY \(run=\? AND step>\?\)/)
  })
})

test('the figures of the table of runs are found run by run', () => {
  withSources((database) => {
    expect(plan(database, evaluationSummariesSql)).toMatch(
      /SEARCH evaluations USING .*\(run=\? AND split=\? AND checkpoint=\? AND rule=\? AND adjustment=\?\)/,
    )
  })
})

test('statistics use the tallies by source and never touch the events', () => {
  withSources((database) => {
    const sources = readySources(database)
    for (const sql of [
      countsSql('behaviours', sources),
      countsSql('locations', sources),
      userHistogramSql(sources),
      userTotalsSql(sources),
    ]) {
      const steps = plan(database, sql)
      expect(steps).not.toMatch(/\bevents\b(?!\))/)
      expect(steps).toMatch(/source_(users|behaviours|locations) USING/)
    }
  })
})

test('scored users are found in an index of what they are ordered by, and of what narrows them down', () => {
  withSources((database) => {
    const after = { user: 'u', position: 1, probability: 0.5 }
    const steps = (wanted: Omit<Parameters<typeof scoredUsersQuery>[1], 'limit'>) =>
      plan(database, scoredUsersQuery(1, { ...wanted, limit: 100 }).sql)
    const byName = steps({ search: 'u', order: 'name' })
    expect(byName).toMatch(/SEARCH u USING INDEX scored_users_by_name \(scoring=\? AND name>\? AND name<\?\)/)
    expect(byName).not.toContain('TEMP B-TREE')
    expect(steps({ search: '', order: 'name', after })).toMatch(/scored_users_by_name \(scoring=\? AND name>\?\)/)
    for (const order of ['leastSure', 'mostSure'] as const) {
      const sure = steps({ search: '', order, after })
      expect(sure).toMatch(
        /SEARCH f USING (COVERING )?INDEX first_scores_by_probability \(scoring=\? AND \(probability,user\)[<>]/,
      )
      expect(sure).not.toContain('TEMP B-TREE')
      const sureOfOne = steps({ search: '', order, class: 3, after })
      expect(sureOfOne).toMatch(/INDEX first_scores_by_class \(scoring=\? AND class=\? AND \(probability,user\)[<>]/)
      expect(sureOfOne).not.toContain('TEMP B-TREE')
    }
    // Only those who are left are sorted.
    expect(steps({ search: '', order: 'name', class: 3 })).toMatch(/first_scores_by_class \(scoring=\? AND class=\?\)/)
    expect(steps({ search: 'u', order: 'leastSure' })).toMatch(/scored_users_by_name \(scoring=\? AND name>\?/)
    expect(plan(database, firstBehavioursSql)).toMatch(/COVERING INDEX first_scores_by_class \(scoring=\?\)/)
  })
})
