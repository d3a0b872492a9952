import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { behaviourProfile } from '../../src/main/ingest/behaviour-profile.ts'
import { findEventAnchors } from '../../src/main/ingest/event-anchors.ts'
import { logOverview } from '../../src/main/ingest/log-overview.ts'
import * as explore from '../../src/main/procedures/explore.ts'
import { callProcedure, type Host } from '../../src/main/procedures/procedure.ts'
import { eventAnchors, userAnchors } from '../../src/main/storage/explore-events.ts'
import { activity as activityMigration } from '../../src/main/storage/migrations/0010-activity.ts'
import { readySources } from '../../src/main/storage/sources.ts'
import type { WriteWorkspace } from '../../src/main/storage/workspace.ts'
import { type EventTableRow, groupOfRank } from '../../src/shared/explore.ts'
import { groupClasses, groupNames } from '../../src/shared/long-tail.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { fileWith, importFile, newWorkspace } from '../ingest/support.ts'

/** What the procedures need of a host for short queries. */
function hostOf(workspace: WriteWorkspace): Host {
  return { directory: workspace.directory, read: (work) => work(workspace), write: (work) => work(workspace) } as Host
}

async function workspaceWith(rows: readonly string[], options: Parameters<typeof importFile>[2] = {}) {
  const workspace = newWorkspace()
  await importFile(workspace, fileWith(`user,time,event,location\n${rows.join('\n')}\n`), options)
  const host = hostOf(workspace)
  return {
    workspace,
    searchNames: (input: z.input<typeof explore.searchNames.input>) =>
      callProcedure(explore.searchNames, host, input, silentContext),
    activity: (input: z.input<typeof explore.activity.input>) =>
      callProcedure(explore.activity, host, input, silentContext),
    userEvents: (input: z.input<typeof explore.userEvents.input>) =>
      callProcedure(explore.userEvents, host, input, silentContext),
    userCounts: (input: z.input<typeof explore.userCounts.input>) =>
      callProcedure(explore.userCounts, host, input, silentContext),
    events: (input: z.input<typeof explore.events.input>) => callProcedure(explore.events, host, input, silentContext),
  }
}

const isoOf = (time: number) => new Date(time).toISOString().slice(0, 16)

describe('activity', () => {
  // 2024-01-01 was a Monday; Jakarta is seven hours ahead, so that the second event falls on the next local day.
  const rows = [
    'u,2024-01-01T10:00:00Z,a,',
    'u,2024-01-01T20:00:00Z,a,',
    'v,2024-01-09T01:00:00Z,a,',
    'v,2024-01-01T10:00:00Z,b,',
  ]

  test('counts events by local day, of all behaviours together and of one', async () => {
    const log = await workspaceWith(rows, { timeZone: 'Asia/Jakarta' })
    const all = await log.activity({})
    expect(all.series).toHaveLength(1)
    expect(all.series[0].points.map(([time, events]) => [isoOf(time), events])).toEqual([
      ['2024-01-01T00:00', 2],
      ['2024-01-02T00:00', 1],
      // Nothing happened from the third to the eighth.
      ['2024-01-03T00:00', 0],
      ['2024-01-08T00:00', 0],
      ['2024-01-09T00:00', 1],
    ])
    const [a, b] = (await log.activity({ behaviours: ['a', 'b'] })).series
    expect(a).toMatchObject({ behaviour: 'a', points: { length: 5 } })
    expect(b.points.map(([time, events]) => [isoOf(time), events])).toEqual([
      ['2024-01-01T00:00', 1],
      ['2024-01-02T00:00', 0],
      ['2024-01-09T00:00', 0],
    ])
  })

  test('lies at zero between a mistyped date and the others, also where the line is thinned out', async () => {
    const days = Array.from({ length: 5_000 }, (_, day) => new Date(Date.UTC(2000, 0, 1 + day)).toISOString())
    const log = await workspaceWith(['u,1905-01-01T00:00:00Z,a,', ...days.map((time) => `u,${time},a,`)])
    const { series, downsampled } = await log.activity({})
    expect(downsampled).toBe(true)
    expect(series[0].points.slice(0, 4).map(([time, events]) => [isoOf(time), events])).toEqual([
      ['1905-01-01T00:00', 1],
      ['1905-01-02T00:00', 0],
      ['1999-12-31T00:00', 0],
      ['2000-01-01T00:00', 1],
    ])
  })

  test('counts weeks from Monday, and hours of the week of the chosen behaviours', async () => {
    const log = await workspaceWith(rows, { timeZone: 'Asia/Jakarta' })
    const { series, hours } = await log.activity({ behaviours: ['a'], bin: 'week' })
    expect(series[0].points.map(([time, events]) => [isoOf(time), events])).toEqual([
      ['2024-01-01T00:00', 2],
      ['2024-01-08T00:00', 1],
    ])
    expect(hours[0][17]).toBe(1)
    expect(hours[1][3]).toBe(1)
    expect(hours[1][8]).toBe(1)
    expect(hours.flat().reduce((sum, events) => sum + events)).toBe(3)
  })

  test('of a workspace of an earlier version is counted from its events', async () => {
    // More pairs of behaviour and day than the first table of counts holds.
    const many = Array.from({ length: 6000 }, (_, index) => {
      const time = new Date(Date.UTC(1990, 4, 1 + (index % 401), index % 24)).toISOString()
      return `w${index % 5},${time},b${index % 503},`
    })
    const { workspace } = await workspaceWith([...rows, ...many], { timeZone: 'America/New_York' })
    const { database } = workspace
    const tables = ['source_days', 'source_behaviour_days', 'source_behaviour_hours']
    const everything = () => tables.map((table) => database.query(`SELECT * FROM ${table}`).all())
    const imported = everything()
    for (const table of tables) database.execute(`DROP TABLE ${table}`)
    database.execute(activityMigration.sql)
    expect(everything()).toEqual(imported)
    expect(imported[1]).toHaveLength(6003)
  })

  test('of a behaviour that nobody knows is refused by name', async () => {
    const log = await workspaceWith(rows)
    await expect(log.activity({ behaviours: ['z'] })).rejects.toThrow('There is no behaviour z')
  })
})

describe('searching names', () => {
  const users = ['anna', 'Anton', 'Hanna', '50%', '50x', 'ü', '<img onerror=x>']
  const rows = users.map((user, index) => `${user},2024-01-0${index + 1},a,`)

  test('by their start in their order, by a part of them regardless of case', async () => {
    const log = await workspaceWith(rows)
    const names = async (text: string, match: 'start' | 'anywhere') =>
      (await log.searchNames({ kind: 'users', text, match })).names.map(({ name }) => name)
    expect(await names('an', 'start')).toEqual(['anna'])
    expect(await names('', 'start')).toEqual(['50%', '50x', '<img onerror=x>', 'Anton', 'Hanna', 'anna', 'ü'])
    expect(await names('AN', 'anywhere')).toEqual(['Anton', 'Hanna', 'anna'])
    // What means something in a pattern of SQL is looked for as it stands.
    expect(await names('0%', 'anywhere')).toEqual(['50%'])
  })

  test('what fits best first: the name itself, then names that start with the text, then those with most events', async () => {
    const places = { 'College Gym': 3, Gym: 2, Gymnastics: 1, 'Gym Bar': 2, 'Old Gym': 4, 'G%': 1 }
    const visits = Object.entries(places).flatMap(([name, events]) =>
      Array.from({ length: events }, (_, minute) => `u,2024-01-01T00:0${minute}:00,${name},`),
    )
    const log = await workspaceWith(visits)
    const found = async (text: string, limit = 10) =>
      (await log.searchNames({ kind: 'behaviours', text, match: 'anywhere', order: 'fit', limit })).names.map(
        ({ name }) => name,
      )
    expect(await found('gym')).toEqual(['Gym', 'Gym Bar', 'Gymnastics', 'Old Gym', 'College Gym'])
    expect(await found('gym', 1)).toEqual(['Gym'])
    expect(await found('g%')).toEqual(['G%'])
  })

  test('page by page, each name once', async () => {
    const log = await workspaceWith(rows)
    const found: string[] = []
    for (let after: string | null = null; ; ) {
      const page = await log.searchNames({ kind: 'users', text: '', match: 'anywhere', after, limit: 3 })
      found.push(...page.names.map(({ name }) => name))
      after = page.next
      if (after === null) break
    }
    expect(found.sort()).toEqual([...users].sort())
  })

  test('of other sources are left out', async () => {
    const log = await workspaceWith(rows)
    await importFile(log.workspace, fileWith('user,time,event\nanna,2024-02-01,b\n', 'other.csv'))
    const page = await log.searchNames({ kind: 'users', text: '', match: 'start', sources: ['other'] })
    expect(page).toEqual({ names: [{ id: expect.any(Number), name: 'anna', events: 1 }], next: null })
  })
})

describe("a user's events", () => {
  const minutes = Array.from({ length: 600 }, (_, minute) => new Date(Date.UTC(2024, 0, 1, 0, minute)).toISOString())
  const rows = minutes.map(
    (time, index) => `u,${time},${index % 10 === 0 ? 'rare' : 'usual'},${index % 2 ? 'home' : ''}`,
  )

  test('in a stretch of local time, without what lies outside', async () => {
    const log = await workspaceWith(rows, { timeZone: 'Asia/Jakarta' })
    const from = Date.UTC(2024, 0, 1, 8)
    const { events, total, firstTime, lastTime, sampledEvery } = await log.userEvents({
      user: 'u',
      from,
      until: from + 120_000,
    })
    expect(events).toEqual([
      { time: from, behaviour: 'rare', location: null },
      { time: from + 60_000, behaviour: 'usual', location: 'home' },
    ])
    expect({ total, firstTime: isoOf(firstTime), lastTime: isoOf(lastTime), sampledEvery }).toEqual({
      total: 600,
      firstTime: '2024-01-01T07:00',
      lastTime: '2024-01-01T16:59',
      sampledEvery: null,
    })
  })

  test('of some behaviours only', async () => {
    const log = await workspaceWith(rows)
    const { events } = await log.userEvents({ user: 'u', behaviours: ['rare'] })
    expect(events).toHaveLength(60)
    expect(new Set(events.map(({ behaviour }) => behaviour))).toEqual(new Set(['rare']))
  })

  test('are thinned out evenly where there are too many, and not where there are not', async () => {
    const log = await workspaceWith(rows)
    const sampled = await log.userEvents({ user: 'u', limit: 100 })
    expect(sampled.events).toHaveLength(100)
    expect(sampled.sampledEvery! / 60_000).toBeCloseTo(599 / 100, 3)
    const distances = sampled.events.slice(1).map(({ time }, index) => time - sampled.events[index].time)
    expect(Math.max(...distances)).toBeLessThanOrEqual(7 * 60_000)
    expect((await log.userEvents({ user: 'u', limit: 600 })).events).toHaveLength(600)
  })

  test('that come in bursts are thinned out within the bursts, as little as the limit allows', async () => {
    // 20 days with 50 events at the same minute each, such as the items of an invoice.
    const bursts = Array.from({ length: 1000 }, (_, index) => {
      const day = String(1 + Math.floor(index / 50)).padStart(2, '0')
      return `u,2024-01-${day}T10:00:00Z,item ${index % 50},shop`
    })
    const log = await workspaceWith(bursts)
    const { events, total, sampledEach } = await log.userEvents({ user: 'u', limit: 700 })
    expect(total).toBe(1000)
    expect(sampledEach).toBe(32)
    expect(events).toHaveLength(20 * 32)
    const perDay = Map.groupBy(events, ({ time }) => time)
    expect([...perDay.values()].every((burst) => burst.length === 32)).toBe(true)
  })

  test('of nobody are refused', async () => {
    const log = await workspaceWith(rows)
    await expect(log.userEvents({ user: 'nobody' })).rejects.toThrow('There is no user nobody')
  })
})

describe('what a user does and where', () => {
  /** 20 days of 400 usual events and a rare one. Only the usual ones have a place. */
  const rows = Array.from({ length: 20 }, (_, day) => 1.7e12 + day * 86_400_000).flatMap((day) => [
    `u,${day},rare,`,
    ...Array.from({ length: 400 }, (_, minute) => `u,${day + 60_000 * (1 + minute)},usual,home`),
  ])

  test('is counted over all events, however few of them a timeline shows', async () => {
    const log = await workspaceWith([...rows, `v,1700000000000,other,away`])
    expect((await log.userEvents({ user: 'u' })).sampledEvery).not.toBeNull()
    expect(await log.userCounts({ user: 'u' })).toEqual({
      user: 'u',
      behaviours: [
        { name: 'usual', events: 8000 },
        { name: 'rare', events: 20 },
      ],
      places: [
        { name: 'home', events: 8000 },
        { name: null, events: 20 },
      ],
    })
  })

  test('is counted in the chosen sources, where there must be some', async () => {
    const log = await workspaceWith(['u,2024-01-01,a,', 'v,2024-01-01,a,'])
    await importFile(log.workspace, fileWith('user,time,event\nu,2024-02-01,b\n', 'other.csv'))
    expect((await log.userCounts({ user: 'u', sources: ['other'] })).behaviours).toEqual([{ name: 'b', events: 1 }])
    await expect(log.userCounts({ user: 'v', sources: ['other'] })).rejects.toThrow('There is no user v')
    await expect(log.userCounts({ user: 'nobody' })).rejects.toThrow('There is no user nobody')
  })

  test('is counted in a process of its own for a user with a great many events', async () => {
    const many = Array.from({ length: 20_001 }, (_, minute) => `u,${1.7e12 + minute},usual,`)
    const { workspace } = await workspaceWith(many)
    const asked: unknown[] = []
    const host = { ...hostOf(workspace), run: async (...job: unknown[]) => asked.push(job.slice(0, 2)) } as Host
    await callProcedure(explore.userCounts, host, { user: 'u' }, silentContext)
    expect(asked).toEqual([['user-counts', { user: 'u', sources: [] }]])
  })
})

describe('the table of events', () => {
  const users = Array.from({ length: 40 }, (_, user) => `user-${user}`)
  /** User 7 has many more events than the others. */
  const rows = users.flatMap((user, index) =>
    Array.from(
      { length: index === 7 ? 500 : 5 },
      (_, event) => `${user},${new Date(1.7e12 + event * 60_000).toISOString()},b${event % 3},`,
    ),
  )

  test('is the same whether read on or from any anchor', async () => {
    const log = await workspaceWith(rows)
    const whole = await log.events({ after: null, limit: 1000 })
    expect(whole).toHaveLength(rows.length)
    const { total, anchors } = eventAnchors(log.workspace.database, readySources(log.workspace.database), 64)
    expect(total).toBe(rows.length)
    expect(anchors[0].position).toBe(0)
    for (const [index, { position, after }] of anchors.entries()) {
      expect((await log.events({ after, limit: 10 })) as EventTableRow[]).toEqual(whole.slice(position, position + 10))
      const next = anchors[index + 1]?.position ?? total
      // A user's events are never skipped whole: no stretch is longer than the distance asked for and one small user.
      expect(next - position).toBeLessThanOrEqual(64 + 5)
    }
    expect(await log.events({ after: whole[99].key, skip: 20, limit: 5 })).toEqual(whole.slice(120, 125))
  })

  test('of one user is a stretch of it, which is read from anchors as well', async () => {
    const log = await workspaceWith(rows)
    const whole = await log.events({ after: null, limit: 1000 })
    const { database } = log.workspace
    const { total, anchors } = userAnchors(database, readySources(database), whole[40].key.user, 64)
    expect({ total, anchors: anchors.length }).toEqual({ total: 500, anchors: 8 })
    const own = whole.filter(({ user }) => user === whole[40].user)
    for (const { position, after } of anchors) {
      const asked = Math.min(70, total - position)
      expect(await log.events({ after, limit: asked })).toEqual(own.slice(position, position + asked))
    }
    await importFile(log.workspace, fileWith('user,time,event\nelsewhere,2024-02-01,b\n', 'other.csv'))
    const elsewhere = { sources: ['other'], user: 'user-7' }
    expect(findEventAnchors(log.workspace, elsewhere)).toEqual({ total: 0, anchors: [] })
    const nobody = { sources: [], user: 'nobody' }
    expect(() => findEventAnchors(log.workspace, nobody)).toThrow('There is no user nobody')
  })

  test('has a first anchor however small it is, and none when empty', async () => {
    const log = await workspaceWith(rows)
    expect(findEventAnchors(log.workspace, { sources: [], user: null })).toMatchObject({
      total: rows.length,
      anchors: [{ position: 0 }],
    })
    expect(findEventAnchors(newWorkspace(), { sources: [], user: null })).toEqual({ total: 0, anchors: [] })
  })
})

describe('the profile of a behaviour', () => {
  test('says who does it where, and what comes before and after it', async () => {
    const rows = [
      'u,2024-01-01,a,p',
      'u,2024-01-02,b,',
      'u,2024-01-03,a,p',
      'u,2024-01-04,c,',
      'v,2024-01-01,a,q',
      'v,2024-01-02,c,',
    ]
    const { workspace } = await workspaceWith([...rows, 'w,2024-01-01,c,'])
    const profile = await behaviourProfile(workspace, { sources: [], behaviour: 'a' }, silentContext)
    expect(profile).toMatchObject({
      events: 3,
      rank: 1,
      users: 2,
      allUsers: 3,
      sampled: 3,
      topUsers: [
        { name: 'u', events: 2 },
        { name: 'v', events: 1 },
      ],
      places: [
        { name: 'p', events: 2 },
        { name: 'q', events: 1 },
      ],
      before: [{ name: 'b', events: 1, share: 1 }],
      after: [
        { name: 'c', events: 2, share: 2 / 3 },
        { name: 'b', events: 1, share: 1 / 3 },
      ],
    })
    expect((await behaviourProfile(workspace, { sources: [], behaviour: 'c' }, silentContext)).after).toEqual([])
  })

  test('of a behaviour that does not occur is refused', async () => {
    const { workspace } = await workspaceWith(['u,2024-01-01,a,'])
    await expect(behaviourProfile(workspace, { sources: [], behaviour: 'z' }, silentContext)).rejects.toThrow(
      'no behaviour z',
    )
  })
})

describe('the overview', () => {
  test('ranks behaviours and users, draws both curves, and its groups are stretches of ranks', async () => {
    const counts = [40, 20, 20, 10, 5, 2, 1, 1, 1]
    const rows = counts.flatMap((count, behaviour) =>
      Array.from(
        { length: count },
        (_, event) =>
          `u${event % 4},${new Date(1.7e12 + 1000 * (behaviour * 100 + event)).toISOString()},b${behaviour},`,
      ),
    )
    const { workspace } = await workspaceWith(rows)
    const overview = logOverview(workspace)
    expect(overview.topBehaviours.map(({ rank, events }) => [rank, events])).toEqual(
      counts.map((count, index) => [index + 1, count]),
    )
    expect(overview.curve).toEqual(overview.topBehaviours)
    expect(overview.lorenz).toHaveLength(counts.length + 1)
    expect(overview.lorenz.at(-1)).toEqual([1, 1])
    expect(overview.lorenz[1]).toEqual([1 / 9, 1 / 100])
    expect(overview.topUsers.reduce((sum, { events }) => sum + events, 0)).toBe(100)
    for (const rule of ['share', 'percent', 'terciles', 'pareto'] as const) {
      const expected = [...groupClasses(counts, rule)].map((code) => groupNames[code])
      expect(counts.map((_, index) => groupOfRank(overview.groups, rule, index + 1))).toEqual(expected)
    }
  })

  test('of nothing has no curves', () => {
    expect(logOverview(newWorkspace())).toMatchObject({ topBehaviours: [], curve: [], lorenz: [], topUsers: [] })
  })
})
