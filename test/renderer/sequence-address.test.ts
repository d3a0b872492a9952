import { expect, test } from 'vitest'
import { fromAddress, toAddress } from '../../src/renderer/views/predict/address.ts'

const events = [
  { key: 1, time: 1_000, behaviour: 'a, "b" & <c>', location: null },
  { key: 2, time: 2_000, behaviour: 'قهوة', location: 'home' },
]

test('a sequence comes back from an address as it was', () => {
  expect(fromAddress(toAddress(events))).toEqual(events.map(({ key: _key, ...event }) => event))
})

test('a sequence too long for an address, and an empty one, are left out of it', () => {
  expect(toAddress(Array.from({ length: 200 }, () => events[0]!))).toBeUndefined()
  expect(toAddress([])).toBeUndefined()
})

test.each([undefined, '', 'nonsense', '{}', '[[1,"a"]]', '[["soon","a",null]]', '[[1,"",null]]'])(
  'from the damaged address %j comes nothing',
  (text) => {
    expect(fromAddress(text)).toEqual([])
  },
)
