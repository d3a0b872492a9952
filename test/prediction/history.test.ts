import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  batchOfWindows,
  createEncoder,
  encodeHistory,
  type NamedEvent,
  unknownNames,
} from '../../src/main/prediction/history.ts'
import { habitDecays } from '../../src/shared/habit.ts'

const dataset = {
  behaviours: ['coffee', 'work', 'bus'],
  locations: ['', 'home', 'office'],
  configuration: { taxonomy: { espresso: 'coffee', tram: 'metro' } },
}
const encoder = createEncoder(dataset)
const monday = Date.UTC(2024, 4, 6)
const minute = 60_000

test('names pass the taxonomy, then the vocabulary; what is not in it is V', () => {
  expect(['coffee', 'espresso', 'bus', 'tram', 'constructor'].map(encoder.behaviour)).toEqual([0, 0, 2, 3, 3])
})

test('a place that the dataset does not hold is 0, as is no place', () => {
  expect(['', 'home', 'office', 'elsewhere'].map(encoder.location)).toEqual([0, 1, 2, 0])
})

test('unknown behaviours and places are named with their number of events', () => {
  const events = ['tram', 'work', 'swim', 'swim'].map((behaviour, index) => ({
    behaviour,
    location: ['', 'home', 'x', 'x'][index],
    time: 0,
  }))
  expect(unknownNames(encoder, events)).toEqual({
    behaviours: [
      { name: 'swim', events: 2 },
      { name: 'tram', events: 1 },
    ],
    locations: [{ name: 'x', events: 2 }],
  })
})

const names = fc.constantFrom('coffee', 'espresso', 'work', 'bus', 'swim')
const histories = fc.array(fc.record({ behaviour: names, location: fc.constantFrom('', 'home', 'x') }), {
  minLength: 1,
  maxLength: 30,
})
const timed = (events: { behaviour: string; location: string }[]): NamedEvent[] =>
  events.map((event, index) => ({ ...event, time: monday + index * 31 * minute }))

test('window and counts together hold each event of a history exactly once, however long it is', () => {
  fc.assert(
    fc.property(histories, fc.integer({ min: 1, max: 12 }), (untimed, length) => {
      const events = timed(untimed)
      const window = encodeHistory(encoder, length, events)
      const classes = events.map(({ behaviour }) => encoder.behaviour(behaviour))
      const inWindow = classes.slice(-length)
      const before = classes.slice(0, classes.length - inWindow.length)
      expect([...window.behaviour]).toEqual(inWindow)
      expect([...window.location]).toEqual(events.slice(-length).map(({ location }) => encoder.location(location)))
      expect([...window.time]).toEqual(events.slice(-length).map(({ time }) => time))
      expect(window.events).toBe(events.length)
      for (const index of [0, 1, 2]) {
        expect(window.priorCounts.get(index) ?? 0).toBe(before.filter((behaviour) => behaviour === index).length)
      }
      expect(window.priorCounts.has(3)).toBe(false)
      expect([...window.recent]).toEqual(before)
    }),
  )
})

test('a row of a batch is the same whatever is beside it, and its padding is V + 1', () => {
  fc.assert(
    fc.property(fc.array(histories, { minLength: 1, maxLength: 5 }), (group) => {
      const windows = group.map((events) => encodeHistory(encoder, 8, timed(events)))
      const options = { behaviours: 3, slotsPerDay: 48, targetTime: undefined }
      const together = batchOfWindows(windows, options)
      for (const [row, window] of windows.entries()) {
        const alone = batchOfWindows([window], options)
        for (const name of ['behaviour', 'location', 'weekday', 'slot', 'targetWeekday', 'targetSlot'] as const) {
          const cells = together[name].subarray(row * together.length, (row + 1) * together.length)
          expect([...cells.subarray(0, alone.length)]).toEqual([...alone[name]])
          const padding = name === 'behaviour' ? 4 : 0
          expect(cells.subarray(alone.length).every((cell) => cell === padding)).toBe(true)
        }
        expect([...together.priorCounts.subarray(row * 9, row * 9 + 9)]).toEqual([...alone.priorCounts])
      }
    }),
  )
})

test('the decaying memories weigh each event before the window by its age, from as far back as they reach', () => {
  const names = ['coffee', 'work', 'bus', 'swim']
  const events = Array.from({ length: 400 }, (_, index) => ({
    behaviour: names[(index * 7) % 4],
    location: '',
    time: monday + index * minute,
  }))
  const window = encodeHistory(encoder, 8, events)
  const { priorCounts } = batchOfWindows([window], { behaviours: 3, slotsPerDay: 48, targetTime: undefined })
  habitDecays.forEach((decay, memory) => {
    const expected = [0, 0, 0]
    for (let event = 0; event < 392; event++) {
      if ((event * 7) % 4 < 3) expected[(event * 7) % 4] += decay ** (391 - event)
    }
    for (const [index, value] of expected.entries()) expect(priorCounts[memory * 3 + index]).toBeCloseTo(value, 4)
  })
})

test('each position is told the time of the next event, the last one the time to predict', () => {
  const events = ['coffee', 'work'].map((behaviour, index) => ({
    behaviour,
    location: '',
    time: monday + (8 + index) * 60 * minute,
  }))
  const tuesday = monday + (24 + 7) * 60 * minute
  const batch = batchOfWindows([encodeHistory(encoder, 8, events)], {
    behaviours: 3,
    slotsPerDay: 48,
    targetTime: tuesday,
  })
  expect([...batch.weekday]).toEqual([0, 0])
  expect([...batch.slot]).toEqual([16, 18])
  expect([...batch.targetWeekday]).toEqual([0, 1])
  expect([...batch.targetSlot]).toEqual([18, 14])
})

test('the habit memories before the window decay with every event, unknown ones included', () => {
  const events = timed(['work', 'swim', 'coffee', 'bus'].map((behaviour) => ({ behaviour, location: '' })))
  const batch = batchOfWindows([encodeHistory(encoder, 1, events)], {
    behaviours: 3,
    slotsPerDay: 48,
    targetTime: undefined,
  })
  // coffee, work, bus: in the plain count and in the memories that decay by .95 and .8 with each event.
  const expected = [1, 1, 0, 1, 0.95 ** 2, 0, 1, 0.8 ** 2, 0]
  expect([...batch.priorCounts].map((value) => value.toFixed(5))).toEqual(expected.map((value) => value.toFixed(5)))
})

test('a history far longer than window and memories is remembered exactly like a part of it that is long enough', () => {
  const names = ['coffee', 'work', 'bus', 'swim', 'espresso']
  const long = timed(
    Array.from({ length: 2000 }, (_, index) => ({ behaviour: names[(index * index) % 5], location: '' })),
  )
  const [whole, part] = [long, long.slice(-600)].map((events) => encodeHistory(encoder, 8, events))
  expect(whole.recent).toEqual(part.recent)
  expect(whole.behaviour).toEqual(part.behaviour)
  expect([...whole.priorCounts.values()].reduce((sum, count) => sum + count)).toBe(
    long.slice(0, -8).filter(({ behaviour }) => behaviour !== 'swim').length,
  )
})
