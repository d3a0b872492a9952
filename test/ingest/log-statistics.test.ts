import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { hourOfWeek } from '../../src/main/ingest/event-sequence.ts'
import { logStatistics } from '../../src/main/ingest/log-statistics.ts'
import { fileWith, importFile, newWorkspace } from './support.ts'

describe('statistics', () => {
  test('of a small log, counted by hand', async () => {
    const workspace = newWorkspace()
    // 2024-01-01 was a Monday.
    const rows = [
      'u,2024-01-01T00:10:00,a,p',
      'u,2024-01-01T00:20:00,a,',
      'u,2024-01-07T23:59:00,a,q',
      'v,2024-01-02T12:00:00,b,p',
      'v,2024-01-02T12:00:00,b,p',
      'v,x,b,p',
    ]
    await importFile(workspace, fileWith(`user,time,event,location\n${rows.join('\n')}\n`), { simulated: true })
    const statistics = logStatistics(workspace)
    expect(statistics).toMatchObject({
      simulated: true,
      events: 4,
      duplicates: 1,
      rejected: 1,
      users: 2,
      behaviours: 2,
      locations: 2,
      eventsWithoutLocation: 1,
      firstTime: '2024-01-01T00:10:00.000',
      lastTime: '2024-01-07T23:59:00.000',
      eventsPerUser: { minimum: 1, median: 1, mean: 2, maximum: 3 },
      rankFrequency: [
        { name: 'a', events: 3 },
        { name: 'b', events: 1 },
      ],
      gini: 0.25,
      topFifthShare: 0.75,
      groups: {
        share: {
          head: { behaviours: 1, events: 3, share: 0.75 },
          middle: { behaviours: 1, events: 1 },
          tail: { behaviours: 0, share: 0 },
        },
      },
    })
    expect(statistics.hours[0][0]).toBe(2)
    expect(statistics.hours[1][12]).toBe(1)
    expect(statistics.hours[6][23]).toBe(1)
    expect(statistics.hours.flat().reduce((sum, events) => sum + events)).toBe(4)
  })

  test('of several sources together and of one alone', async () => {
    const workspace = newWorkspace()
    await importFile(workspace, fileWith('user,time,event\nu,2024-01-01,a\nv,2024-01-01,b\n', 'first.csv'))
    await importFile(workspace, fileWith('user,time,event\nu,2024-01-03,a\n', 'second.csv'))
    expect(logStatistics(workspace)).toMatchObject({
      events: 3,
      users: 2,
      eventsPerUser: { maximum: 2 },
      rankFrequency: [{ name: 'a', events: 2 }, { name: 'b' }],
    })
    expect(logStatistics(workspace, ['second'])).toMatchObject({ events: 1, users: 1, behaviours: 1 })
    expect(() => logStatistics(workspace, ['third'])).toThrow('There is no source third')
  })

  test('of nothing', () => {
    expect(logStatistics(newWorkspace())).toMatchObject({
      events: 0,
      users: 0,
      firstTime: null,
      gini: 0,
      eventsPerUser: { mean: 0 },
    })
  })

  test('hours are those of the local wall clock', async () => {
    const workspace = newWorkspace()
    await importFile(workspace, fileWith('user,time,event\nu,2024-01-01T20:00:00Z,a\n'), { timeZone: 'Asia/Jakarta' })
    expect(logStatistics(workspace).hours[1][3]).toBe(1)
  })

  test('the hour of the week agrees with Date, before 1970 too', () => {
    for (let time = Date.UTC(1969, 11, 20); time < Date.UTC(1970, 0, 20); time += 3_599_999) {
      const date = new Date(time)
      expect(hourOfWeek(time)).toBe(24 * ((date.getUTCDay() + 6) % 7) + date.getUTCHours())
    }
  })
})

/** Real logs, where they are at hand: events, users, behaviours, locations, share of the top 20 % (before duplicates are left out). */
const realLogs = {
  lbsn_nyc: [105_961, 3785, 300, 3628, 0.784],
  moodle_edify: [83_702, 430, 61, 15, 0.958],
} as const

describe.each(Object.entries(realLogs))('%s', (name, [rows, users, behaviours, locations, topShare]) => {
  const file = `../shared/data/${name}/events.csv.gz`

  test('has the counts that its description gives', async (context) => {
    if (!existsSync(file)) return context.skip(`${file} is not here`)
    const workspace = newWorkspace()
    const source = await importFile(workspace, file)
    expect(source).toMatchObject({ rows, rejected: 0, events: rows - source.duplicates })
    const statistics = logStatistics(workspace)
    expect(statistics).toMatchObject({ users, behaviours, locations })
    expect(Math.abs(statistics.topFifthShare - topShare)).toBeLessThan(0.01)
  })
})
