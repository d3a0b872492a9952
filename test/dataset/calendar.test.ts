import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatLocalTime, parseLocalTime, slotOf, weekdayOf } from '../../src/main/dataset/calendar.ts'

const anyTime = fc.integer({ min: Date.UTC(1000, 0, 1), max: Date.UTC(9999, 11, 31) })

test('weekday and slot agree with the calendar of the platform', () => {
  fc.assert(
    fc.property(anyTime, fc.constantFrom(1, 24, 48, 96, 1440), (time, slotsPerDay) => {
      const date = new Date(time)
      expect(weekdayOf(time)).toBe((date.getUTCDay() + 6) % 7)
      const minutes = date.getUTCHours() * 60 + date.getUTCMinutes()
      expect(slotOf(time, slotsPerDay)).toBe(Math.floor(minutes / (1440 / slotsPerDay)))
    }),
  )
})

test('a local time is read back as it was written', () => {
  fc.assert(
    fc.property(anyTime, (time) => {
      expect(parseLocalTime(formatLocalTime(time), 'from')).toBe(time)
    }),
  )
  expect(parseLocalTime('2025-03-01', 'from')).toBe(Date.UTC(2025, 2, 1))
  expect(parseLocalTime('2025-03-01 07:30', 'from')).toBe(Date.UTC(2025, 2, 1, 7, 30))
  expect(parseLocalTime('0001-01-01', 'from')).toBe(Date.parse('0001-01-01T00:00:00Z'))
})

test.each([
  'yesterday',
  '2025-02-30',
  '2025-13-01',
  '2025-01-01T24:00',
  '2025-01-01T00:00:00Z',
  '2025-01-01T00:00:00+02:00',
])('%s is refused and the option named', (text) => {
  expect(() => parseLocalTime(text, 'until')).toThrow(expect.objectContaining({ code: 'usage' }))
  expect(() => parseLocalTime(text, 'until')).toThrow(/^until is/)
})
