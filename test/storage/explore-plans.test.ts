import { expect, test } from 'vitest'
import type { ReadDatabase } from '../../src/main/storage/database.ts'
import { behaviourDaysSql, behaviourHoursSql, daysSql } from '../../src/main/storage/explore-activity.ts'
import {
  eventTableSql,
  neighbourSql,
  sampleUserEvents,
  userEventsSql,
  userNameCountsSql,
} from '../../src/main/storage/explore-events.ts'
import { fittingNamesSql, searchNamesSql } from '../../src/main/storage/explore-names.ts'
import { readySources } from '../../src/main/storage/sources.ts'
import { createLogWorkspace } from '../support/log-workspace.ts'

function plan(database: ReadDatabase, sql: string): string {
  const values = new Array(sql.split('?').length - 1).fill(1)
  return database
    .query<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...values)
    .map(({ detail }) => detail)
    .join('\n')
}

/** A workspace with two sources, so that no plan profits from there being one. */
function withSources(check: (database: ReadDatabase, sources: ReturnType<typeof readySources>) => void): void {
  using log = createLogWorkspace()
  log.addSource('a', [{ user: 'u', time: 1, behaviour: 'b' }])
  log.addSource('b', [{ user: 'u', time: 1, behaviour: 'b' }])
  const { database } = log.workspace
  check(database, readySources(database))
}

test('events of a user, of the table and next to another are searched in the clustered index and never sorted', () => {
  withSources((database, sources) => {
    const user = plan(database, userEventsSql(sources, [1, 2]))
    expect(user).toMatch(/SEARCH events USING PRIMARY KEY \(user=\? AND time>\? AND time<\?\)/)
    const table = plan(database, eventTableSql(sources))
    expect(table).toMatch(/SEARCH events USING PRIMARY KEY \((user>\?|\(user,time,source,tie\)>\(\?,\?,\?,\?\))\)/)
    const before = plan(database, neighbourSql(sources, 'before'))
    expect(before).toMatch(/SEARCH events USING PRIMARY KEY \(user=\? AND (time<\?|\(time,source,tie\)<\(\?,\?,\?\))\)/)
    const after = plan(database, neighbourSql(sources, 'after'))
    expect(after).toMatch(/SEARCH events USING PRIMARY KEY \(user=\? AND (time>\?|\(time,source,tie\)>\(\?,\?,\?\))\)/)
    for (const steps of [user, table, before, after]) expect(steps).not.toMatch(/TEMP B-TREE|^SCAN/m)
  })
})

test("what a user does is counted along the user's stretch of the clustered index", () => {
  withSources((database, sources) => {
    for (const kind of ['behaviours', 'locations'] as const) {
      const steps = plan(database, userNameCountsSql(kind, sources))
      expect(steps).toMatch(/SEARCH events USING PRIMARY KEY \(user=\?\)/)
      expect(steps).toMatch(new RegExp(`SEARCH ${kind} USING INTEGER PRIMARY KEY \\(rowid=\\?\\)`))
      expect(steps).not.toMatch(/SCAN events/)
    }
  })
})

test("every search of a thinned-out user's events begins behind what the last one found", () => {
  using log = createLogWorkspace()
  log.addSource(
    'a',
    Array.from({ length: 400 }, (_, minute) => ({ user: 'u', time: 60_000 * minute, behaviour: `b${minute % 3}` })),
  )
  const { database } = log.workspace
  const searches: { from: number; most: number }[] = []
  const watched = Object.assign(Object.create(database) as ReadDatabase, {
    queryArrays: (sql: string) => ({
      all(...values: number[]) {
        if (!sql.includes('DESC')) searches.push({ from: values[1]!, most: values.at(-1)! })
        return database.queryArrays(sql).all(...values)
      },
    }),
  })
  const range = { user: 1, from: 0, until: 24_000_000, behaviours: [] }
  const { rows, every } = sampleUserEvents(watched, readySources(database), range, 50)
  expect(rows).toHaveLength(50)
  expect(every).toBeCloseTo((399 * 60_000 + 1) / 50)
  expect(searches).toHaveLength(1 + 50)
  for (const [index, { from }] of searches.slice(1).entries()) expect(from).toBeGreaterThan(searches[index]!.from)
})

test('charts of time read the tallies of the sources and of the behaviour alone', () => {
  withSources((database, sources) => {
    expect(plan(database, daysSql(sources))).toMatch(/SEARCH source_days USING PRIMARY KEY \(source=\?\)/)
    const days = plan(database, behaviourDaysSql(sources))
    expect(days).toMatch(/SEARCH source_behaviour_days USING PRIMARY KEY \(source=\? AND behaviour=\?\)/)
    const hours = plan(database, behaviourHoursSql(sources))
    expect(hours).toMatch(/SEARCH source_behaviour_hours USING PRIMARY KEY \(source=\? AND behaviour=\?\)/)
  })
})

test('a search for names walks along a stretch of their index', () => {
  withSources((database, sources) => {
    for (const kind of ['users', 'behaviours'] as const) {
      const steps = plan(database, searchNamesSql(kind, sources))
      expect(steps).toMatch(new RegExp(`SEARCH ${kind} USING COVERING INDEX \\S+ \\(name>\\? AND name<\\?\\)`))
      expect(steps).not.toMatch(/TEMP B-TREE|SCAN source_/)
      // What fits best is sorted, but no more than the stretch is, and its events are found once and without a look at the table.
      const fitting = plan(database, fittingNamesSql(kind, sources))
      expect(fitting).toMatch(new RegExp(`SEARCH ${kind} USING COVERING INDEX \\S+ \\(name>\\? AND name<\\?\\)`))
      expect(fitting.match(/SEARCH source_\S+ USING COVERING INDEX \S+_by_\S+ /g)).toHaveLength(1)
      expect(fitting).not.toMatch(/SCAN source_/)
    }
  })
})
