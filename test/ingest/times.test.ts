import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TimeZone } from '../../src/main/ingest/time-zone.ts'
import { TimeReader } from '../../src/main/ingest/times.ts'
import type { TimeFormat } from '../../src/shared/logs.ts'
import { render } from '../../src/shared/phrase.ts'

function read(text: string, zone = 'UTC', format: TimeFormat = 'iso'): string {
  const reader = new TimeReader(format, new TimeZone(zone))
  const bytes = Buffer.from(text)
  const reason = reader.read(bytes, 0, bytes.length)
  if (reason !== undefined) return render(reason)
  return `${new Date(reader.instant).toISOString()} ${reader.offset}`
}

describe('ISO-8601', () => {
  test.each([
    ['2024-05-31T18:30:00', '2024-05-31T18:30:00.000Z 0'],
    ['2024-05-31 18:30:00', '2024-05-31T18:30:00.000Z 0'],
    [' 2024-05-31T18:30 ', '2024-05-31T18:30:00.000Z 0'],
    ['2024-05-31', '2024-05-31T00:00:00.000Z 0'],
    ['2024-05-31T18:30:00.1', '2024-05-31T18:30:00.100Z 0'],
    ['2024-05-31T18:30:00.123456789', '2024-05-31T18:30:00.123Z 0'],
    ['2024-05-31T18:30:00Z', '2024-05-31T18:30:00.000Z 0'],
    ['2024-05-31T18:30:00+02:00', '2024-05-31T16:30:00.000Z 0'],
    ['2024-05-31T18:30:00-0530', '2024-06-01T00:00:00.000Z 0'],
    ['2024-05-31 18:30:00.5 +02', '2024-05-31T16:30:00.500Z 0'],
    ['2024-02-29T00:00:00', '2024-02-29T00:00:00.000Z 0'],
  ])('%s', (text, expected) => expect(read(text)).toBe(expected))

  test.each([
    ['', 'empty'],
    ['yesterday', 'not a time such as 2024-05-31T18:30:00'],
    ...['2024-05-31T24:00:00', '2024-01-02 25:00:00', '2024-01-02 23:60', '2024-01-02 23:59:60'].map((text) => [
      text,
      'there is no such time of day: hours go to 23, minutes and seconds to 59',
    ]),
    ['2024-05-31T18:30:00+02:00x', 'not a time such as 2024-05-31T18:30:00'],
    ['2024-05-31T18:30:00.', 'not a time such as 2024-05-31T18:30:00'],
    ['31.05.2024 18:30', 'not a time such as 2024-05-31T18:30:00'],
    ['2023-02-29T00:00:00', 'there is no such date'],
    ['2024-13-01T00:00:00', 'there is no such date'],
    ['0001-01-01T00:00:00', 'the year is outside 1900 to 2200'],
    ['9999-12-31T23:59:59', 'the year is outside 1900 to 2200'],
  ])('%s is refused', (text, reason) => expect(read(text)).toBe(reason))

  test('every instant of three centuries is read as JavaScript reads it', () => {
    const instant = fc.date({ min: new Date('1900-01-01Z'), max: new Date('2200-12-31Z'), noInvalidDate: true })
    fc.assert(
      fc.property(instant, (date) => {
        expect(read(date.toISOString())).toBe(`${date.toISOString()} 0`)
      }),
    )
  })
})

describe('dates in another order', () => {
  test.each<[TimeFormat, string, string]>([
    ['year-first', '2024/05/31', '2024-05-31T00:00:00.000Z 0'],
    ['year-first', '2024/5/1 8:05', '2024-05-01T08:05:00.000Z 0'],
    ['day-first', '31.12.2024 18:30', '2024-12-31T18:30:00.000Z 0'],
    ['day-first', ' 1/2/2024 18:30:05.25 ', '2024-02-01T18:30:05.250Z 0'],
    ['month-first', '1/2/2024', '2024-01-02T00:00:00.000Z 0'],
    ['month-first', '12/31/2024 18:30:00+02:00', '2024-12-31T16:30:00.000Z 0'],
  ])('%s: %s', (format, text, expected) => expect(read(text, 'UTC', format)).toBe(expected))

  test.each<[TimeFormat, string, string]>([
    ['month-first', '31/12/2024', 'there is no such date'],
    ['day-first', '29.02.2023', 'there is no such date'],
    ['day-first', '31.12.2024 24:00', 'there is no such time of day: hours go to 23, minutes and seconds to 59'],
    ['day-first', '31.12/2024', 'not a time such as 31.05.2024 18:30:00'],
    ['day-first', '31.12.24', 'not a time such as 31.05.2024 18:30:00'],
    ['day-first', '31.', 'not a time such as 31.05.2024 18:30:00'],
    ['month-first', '12/31/20245', 'not a time such as 05/31/2024 18:30:00'],
    ['year-first', '2024/05', 'not a time such as 2024/05/31 18:30:00'],
    ['year-first', '31/05/2024', 'not a time such as 2024/05/31 18:30:00'],
    ['day-first', '31.12.2024 18:30 PM', 'not a time such as 31.05.2024 18:30:00'],
  ])('%s: %s is refused', (format, text, reason) => expect(read(text, 'UTC', format)).toBe(reason))
})

describe('epochs', () => {
  test('seconds, with and without a fraction', () => {
    expect(read('1700000000', 'UTC', 'epoch-seconds')).toBe('2023-11-14T22:13:20.000Z 0')
    expect(read('1700000000.123', 'UTC', 'epoch-seconds')).toBe('2023-11-14T22:13:20.123Z 0')
    expect(read('-1.5', 'UTC', 'epoch-seconds')).toBe('1969-12-31T23:59:58.500Z 0')
  })

  test('milliseconds, shown in the zone of the log', () => {
    expect(read('1700000000123', 'Asia/Jakarta', 'epoch-milliseconds')).toBe('2023-11-14T22:13:20.123Z 420')
  })

  test('seconds taken for milliseconds and the reverse do not pass as far times', () => {
    expect(read('1700000000123', 'UTC', 'epoch-seconds')).toBe('the year is outside 1900 to 2200')
    expect(read('12:30', 'UTC', 'epoch-seconds')).toContain('not a number of seconds')
    expect(read('1e9', 'UTC', 'epoch-seconds')).toContain('not a number of seconds')
  })
})

describe('zones', () => {
  test('a time without a zone stays on the wall clock and gets an instant', () => {
    expect(read('2024-07-01T12:00:00', 'Europe/Berlin')).toBe('2024-07-01T10:00:00.000Z 120')
    expect(read('2024-01-01T12:00:00', 'Europe/Berlin')).toBe('2024-01-01T11:00:00.000Z 60')
  })

  test('an hour that the clock skipped does not exist', () => {
    expect(read('2024-03-31T02:30:00', 'Europe/Berlin')).toBe('the clock of Europe/Berlin skipped this time')
    expect(read('2024-03-31T01:59:59', 'Europe/Berlin')).toBe('2024-03-31T00:59:59.000Z 60')
    expect(read('2024-03-31T03:00:00', 'Europe/Berlin')).toBe('2024-03-31T01:00:00.000Z 120')
  })

  test('of an hour that the clock repeats the first one is meant', () => {
    expect(read('2024-10-27T02:30:00', 'Europe/Berlin')).toBe('2024-10-27T00:30:00.000Z 120')
  })

  test('offsets agree with Intl at every minute around changes of the clock', () => {
    for (const [name, day] of [
      ['America/New_York', '2024-03-10'],
      ['Australia/Lord_Howe', '2024-04-07'],
      ['Asia/Kathmandu', '1986-01-01'],
    ]) {
      const zone = new TimeZone(name)
      const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
      for (
        let instant = Date.parse(`${day}T00:00Z`) - 86_400_000;
        instant < Date.parse(`${day}T00:00Z`) + 86_400_000;
        instant += 600_000
      ) {
        const shown = format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? ''
        const [, sign, hours, minutes] = /GMT(?:([+-])(\d+):(\d+))?/.exec(shown) ?? []
        const expected = sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (60 * Number(hours) + Number(minutes))
        expect(zone.offsetAt(instant)).toBe(expected)
      }
    }
  })

  test('an unknown zone is a mistake of the user', () => {
    expect(() => new TimeZone('Mars/Olympus')).toThrow('There is no time zone Mars/Olympus')
  })
})
