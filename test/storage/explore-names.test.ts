import { describe, expect, test } from 'vitest'
import { searchNames } from '../../src/main/storage/explore-names.ts'
import { readySources } from '../../src/main/storage/sources.ts'
import type { Source } from '../../src/shared/logs.ts'
import { createLogWorkspace, type LogWorkspace } from '../support/log-workspace.ts'
import { refreshTallies } from '../support/tallies.ts'

/** A text in which ASCII letters have no case, as SQLite compares. */
const folded = (text: string) => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

interface Counted {
  name: string
  events: number
}

/** What fits best by its definition: every name that matches, sorted as a whole. */
function sorted(all: readonly Counted[], text: string, match: 'start' | 'anywhere', limit: number): Counted[] {
  const rank = (name: string) => (folded(name) === folded(text) ? 0 : folded(name).startsWith(folded(text)) ? 1 : 2)
  return all
    .filter(({ name }) => (match === 'start' ? name.startsWith(text) : folded(name).includes(folded(text))))
    .sort(
      (a, b) =>
        rank(a.name) - rank(b.name) || b.events - a.events || Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
    )
    .slice(0, limit)
}

const best = ({ workspace }: LogWorkspace, sources: readonly Source[], search: object) =>
  searchNames(workspace.database, sources, {
    kind: 'users',
    match: 'anywhere',
    order: 'fit',
    after: null,
    text: '',
    limit: 8,
    ...search,
  } as never).names.map(({ name, events }) => ({ name, events }))

describe('the names that fit best', () => {
  const parts = ['an', 'An', 'AN', 'b', '%', '_', '\\', '中', 'é', 'É', '😀', ' ', '7']

  test('are those that a sort of all names puts first, whatever is asked for, of any sources', () => {
    using log = createLogWorkspace()
    let state = 7
    const random = (below: number) => {
      state = (state * 48_271) % 2_147_483_647
      return state % below
    }
    const made = () => Array.from({ length: 1 + random(4) }, () => parts[random(parts.length)]).join('')
    const names = [...new Set(Array.from({ length: 400 }, made))]
    // Many have as many events as others, and some none in one of the sources.
    const counts = ['a', 'b'].map((source) => {
      const events = new Map(names.map((name) => [name, random(4)]))
      log.addSource(
        source,
        names.flatMap((user) =>
          Array.from({ length: events.get(user)! }, (_, time) => ({ user, time, behaviour: 'x' })),
        ),
      )
      return events
    })
    refreshTallies(log.workspace.database)
    const ready = readySources(log.workspace.database)
    for (const [sources, tallies] of [
      [ready, counts],
      [ready.slice(0, 1), counts.slice(0, 1)],
    ] as const) {
      const all = names
        .map((name) => ({ name, events: tallies.reduce((sum, events) => sum + events.get(name)!, 0) }))
        .filter(({ events }) => events > 0)
      for (const text of ['', 'zz', ...parts, ...names.slice(0, 60)])
        for (const match of ['start', 'anywhere'] as const)
          for (const limit of [1, 3, 8, 500])
            expect(best(log, sources, { text, match, limit }), JSON.stringify({ text, match, limit })).toEqual(
              sorted(all, text, match, limit),
            )
    }
  })

  test('are of the first fifty thousand names of a larger dictionary', () => {
    using log = createLogWorkspace()
    log.addSource('a', [{ user: 'none of them', time: 1, behaviour: 'x' }])
    const { database } = log.workspace
    database.execute(`INSERT INTO users (name)
      WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 60000) SELECT printf('a%06d', i) FROM n`)
    database.execute(`INSERT INTO source_users (source, user, events)
      SELECT 1, id, id % 977 + 1 FROM users WHERE name LIKE 'a%'`)
    const all = database
      .query<Counted>('SELECT name, events FROM users JOIN source_users ON user = id ORDER BY name LIMIT 50000')
      .all()
    const sources = readySources(database)
    for (const text of ['a0', '00', '7', '059999'])
      expect(best(log, sources, { text })).toEqual(sorted(all, text, 'anywhere', 8))
    expect(best(log, sources, { text: '059999' })).toEqual([])
  })
})
