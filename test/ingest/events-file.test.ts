import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, test } from 'vitest'
import { exportEvents } from '../../src/main/ingest/events-file.ts'
import { type Progress, silentContext } from '../../src/shared/progress.ts'
import { temporaryFolder } from '../support/folders.ts'
import { csvFields, hostileNames, isFormula } from '../support/hostile-texts.ts'
import { fileWith, importFile, newWorkspace, storedEvents } from './support.ts'

const log =
  'user,time,event,location\n' +
  'b,2024-03-01T10:00:00+02:00,walk,park\n' +
  'a,2024-03-01T08:00:00.250Z,"=1+1",\n' +
  'a,2024-03-01T07:00:00Z,"say ""hi"", twice",home\n'

describe('events as a file', () => {
  test('are a line each in the order of the table, in local time, and nothing of them runs in a spreadsheet', async () => {
    const workspace = newWorkspace()
    await importFile(workspace, fileWith(log), { timeZone: 'Europe/Helsinki' })
    const output = path.join(temporaryFolder(), 'events.csv')
    expect(await exportEvents(workspace, { sources: [], output }, silentContext)).toEqual({ output, events: 3 })
    expect(readFileSync(output, 'utf8').split('\n')).toEqual([
      'user,time,utc_offset_minutes,event,location,source,simulated',
      'b,2024-03-01T10:00:00,120,walk,park,log,false',
      'a,2024-03-01T09:00:00,120,"say ""hi"", twice",home,log,false',
      "a,2024-03-01T10:00:00.250,120,'=1+1,,log,false",
      '',
    ])
  })

  test('begin with a byte order mark where they are not plain ASCII, wherever that is known, and are imported again without it', async () => {
    const workspace = newWorkspace()
    const rows = Array.from({ length: 5000 }, (_, index) => `u,${1_700_000_000 + index},walk,\n`)
    await importFile(workspace, fileWith(`user,time,event,location\n${rows.join('')}u,1800000000,打开微信,\n`))
    const output = path.join(temporaryFolder(), 'events.csv')
    await exportEvents(workspace, { sources: [], output }, silentContext)
    const text = readFileSync(output, 'utf8')
    expect(text.startsWith('\ufeffuser,time,')).toBe(true)
    expect(text).toContain('打开微信')
    expect(readdirSync(path.dirname(output))).toEqual(['events.csv'])
    const again = newWorkspace()
    expect(await importFile(again, output)).toMatchObject({ events: 5001, rejected: 0, mapping: { user: 'user' } })
    expect(storedEvents(again)).toEqual(storedEvents(workspace))
  })

  test('as Parquet keep every text, and are the same events when they are imported again', async () => {
    const workspace = newWorkspace()
    const rows = Array.from(
      { length: 20_000 },
      (_, index) => `user ${index % 7},${1_700_000_000 + index},"=act ${index % 11}",\n`,
    )
    await importFile(workspace, fileWith(`user,time,event,location\n${rows.join('')}`))
    const output = path.join(temporaryFolder(), 'events.parquet')
    const reports: Progress[] = []
    await exportEvents(
      workspace,
      { sources: ['log'], output },
      { ...silentContext, report: (progress) => reports.push(progress) },
    )
    expect(reports.at(-1)).toMatchObject({ done: 20_000, total: 20_000, unit: 'events' })

    const again = newWorkspace()
    expect(await importFile(again, output)).toMatchObject({ events: 20_000, rejected: 0, duplicates: 0 })
    expect(storedEvents(again)).toEqual(storedEvents(workspace))
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    const counted = await connection.runAndReadAll(
      `SELECT typeof(utc_offset_minutes), count(*) FROM '${output}' GROUP BY ALL`,
    )
    expect(counted.getRows()).toEqual([['INTEGER', 20_000n]])
    connection.closeSync()
  })

  test('as CSV are the same events when they are imported again, whatever their names begin with', async () => {
    const workspace = newWorkspace()
    const names = hostileNames(200)
    const lines = names.map((event, index) =>
      JSON.stringify({ user: names[index % 20], time: 1_700_000_000 + index, event, location: names.at(-index) }),
    )
    await importFile(workspace, fileWith(`${lines.join('\n')}\n`, 'log.jsonl'))
    const output = path.join(temporaryFolder(), 'events.csv')
    await exportEvents(workspace, { sources: [], output }, silentContext)
    expect(csvFields(readFileSync(output, 'utf8')).filter(isFormula)).toEqual([])

    const again = newWorkspace()
    expect(await importFile(again, output)).toMatchObject({ events: 200, rejected: 0, duplicates: 0 })
    expect(storedEvents(again)).toEqual(storedEvents(workspace))
  })

  test('of other sources are left out, and an unknown one is named', async () => {
    const workspace = newWorkspace()
    await importFile(workspace, fileWith(log))
    await importFile(workspace, fileWith('user,time,event\nz,2024-01-01,rest\n', 'other.csv'))
    const output = path.join(temporaryFolder(), 'events.csv')
    expect(await exportEvents(workspace, { sources: ['other'], output }, silentContext)).toMatchObject({ events: 1 })
    expect(readFileSync(output, 'utf8')).toContain('z,2024-01-01T00:00:00,0,rest,,other,false\n')
    await expect(exportEvents(workspace, { sources: ['none'], output }, silentContext)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('none'),
    })
  })

  test('leave an older file as it was when they are cancelled or the ending says no format', async () => {
    const workspace = newWorkspace()
    await importFile(workspace, fileWith(log))
    const folder = temporaryFolder()
    const output = path.join(folder, 'events.csv')
    writeFileSync(output, 'old')
    await expect(
      exportEvents(workspace, { sources: [], output }, { ...silentContext, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'cancelled' })
    expect(readFileSync(output, 'utf8')).toBe('old')
    const other = path.join(folder, 'events.xlsx')
    await expect(exportEvents(workspace, { sources: [], output: other }, silentContext)).rejects.toMatchObject({
      code: 'usage',
    })
    expect(existsSync(other)).toBe(false)
  })
})
