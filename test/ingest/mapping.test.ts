import { describe, expect, test } from 'vitest'
import { completeMapping, guessTimeFormat } from '../../src/main/ingest/mapping.ts'
import { previewImport } from '../../src/main/ingest/preview.ts'
import { render } from '../../src/shared/phrase.ts'
import { fileWith } from './support.ts'

const sample = (columns: string[], values: Record<string, string[]> = {}) => ({
  file: 'log.csv',
  columns,
  values: new Map(columns.map((column) => [column, values[column] ?? []])),
})

describe('guessing columns', () => {
  test.each([
    [
      ['user_id', 'timestamp', 'event', 'location'],
      ['user_id', 'timestamp', 'event', 'location'],
    ],
    [
      ['UID', 'Date Time', 'Venue Category', 'venueId'],
      ['UID', 'Date Time', 'Venue Category', 'venueId'],
    ],
    [
      ['Customer ID', 'StockCode', 'InvoiceDate', 'Country', 'created_at'],
      ['Customer ID', 'created_at', 'StockCode', 'Country'],
    ],
    [
      ['time', 'action', 'userid'],
      ['userid', 'time', 'action', null],
    ],
  ])('%j', (columns, [user, time, event, location]) => {
    expect(completeMapping({}, sample(columns as string[]))).toEqual({ user, time, event, location })
  })

  test('a time is recognised by its values', () => {
    const columns = ['user', 'when it happened', 'event']
    expect(
      completeMapping({}, sample(columns, { 'when it happened': ['2024-01-01T10:00', '2024-01-02T10:00'] })).time,
    ).toBe('when it happened')
  })

  test('what the user says wins, and is not used twice', () => {
    expect(completeMapping({ user: 'event', location: null }, sample(['event', 'time', 'type', 'place']))).toEqual({
      user: 'event',
      time: 'time',
      event: 'type',
      location: null,
    })
  })

  test('what cannot be guessed names the columns and the option', () => {
    expect(() => completeMapping({}, sample(['who', 'time', 'event']))).toThrow(
      expect.objectContaining({
        code: 'input',
        hint: 'Columns of log.csv: who, time, event. Say which it is (--user-column).',
      }),
    )
    expect(() => completeMapping({ user: 'me' }, sample(['who', 'time', 'event']))).toThrow(
      'no column me (--user-column)',
    )
    expect(() => completeMapping({ user: 'a', event: 'a' }, sample(['a', 'time']))).toThrow('two things at once')
  })
})

describe('guessing how times are written', () => {
  test.each([
    [['2024-01-01', '', '2024-01-02T10:00:00Z'], 'iso'],
    [['1700000000', '1700000001.5'], 'epoch-seconds'],
    [['1700000000000'], 'epoch-milliseconds'],
    [['never', '2024-01-01', 'never'], 'iso'],
    [['2024/05/31', '2024/5/1 8:05'], 'year-first'],
    [['01.02.2024 18:30', '03.04.2024'], 'day-first'],
    [['01/02/2024', '31/12/2024 18:30:05'], 'day-first'],
    [['01/02/2024', '12/31/2024 18:30'], 'month-first'],
    // Which of the two it is cannot be told, or they contradict each other.
    [['01/02/2024', '3/4/2024'], undefined],
    [['31/12/2024', '12/31/2024', '12/30/2024'], undefined],
    [['1', '2', '17', 'x'], undefined],
    [[], undefined],
  ])('%j', (values, format) => {
    expect(guessTimeFormat(values)).toBe(format)
  })
})

describe('a dry run', () => {
  test('shows mapping, first rows and problems', async () => {
    const file = fileWith(
      'uid,ts,action,venue\n7,1700000000,walk,park\n8,never,walk,park\n9,1700000001,eat,\n',
      'visits.csv',
    )
    const preview = await previewImport({ files: [file], timeZone: 'Asia/Jakarta' })
    expect(preview).toMatchObject({
      source: 'visits',
      format: 'csv',
      columns: ['uid', 'ts', 'action', 'venue'],
      mapping: { user: 'uid', time: 'ts', event: 'action', location: 'venue' },
      timeFormat: 'epoch-seconds',
      rows: 3,
      complete: true,
      rejected: 1,
      problems: [{ line: 3, field: 'ts', raw: '8,never,walk,park' }],
      firstRows: [
        { user: '7', time: '2023-11-15T05:13:20.000', utcOffset: 420, event: 'walk', location: 'park' },
        { user: '9', time: '2023-11-15T05:13:21.000', utcOffset: 420, event: 'eat', location: null },
      ],
    })
    expect(preview.warnings.map((warning) => render(warning))).toEqual([
      'Guessed: user = uid, time = ts, event = action, location = venue, time format = epoch-seconds.',
    ])
  })

  test('stops at its limit and says so', async () => {
    const file = fileWith(`user,time,event\n${'u,2024-01-01,e\n'.repeat(100)}`)
    expect(await previewImport({ files: [file] }, { rowLimit: 10 })).toMatchObject({ rows: 10, complete: false })
  })
})
