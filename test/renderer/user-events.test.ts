import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EffectScope, effectScope, nextTick, shallowRef } from 'vue'
import {
  nearerStretch,
  nearestEvent,
  useDistinct,
  useSelectedEvents,
} from '../../src/renderer/views/explore/user-events.ts'
import type { UserEvents } from '../../src/shared/explore.ts'

let scope: EffectScope
const answer = shallowRef<UserEvents>()

beforeEach(() => {
  scope = effectScope()
  answer.value = undefined
})
afterEach(() => scope.stop())

/** Vowels happen at home and at school in turn, and the others nowhere. */
const placeOf = (letter: string) => ({ a: 'home', e: 'school', i: 'home', o: 'school', u: 'home' })[letter] ?? null

/** An answer with an event per letter, at the time of its place in the alphabet. */
const about = (user: string, letters: string, total = 26): UserEvents => ({
  user,
  total,
  firstTime: 0,
  lastTime: 25,
  events: [...letters].map((behaviour) => ({
    time: behaviour.charCodeAt(0) - 97,
    behaviour,
    location: placeOf(behaviour),
  })),
  sampledEvery: letters.length < total ? 1 : null,
  sampledEach: letters.length < total ? 1 : null,
})
async function answered(next: UserEvents | undefined): Promise<void> {
  answer.value = next
  await nextTick()
}

test('the selected event and span stay on their events when a nearer stretch brings them at other places', async () => {
  const { selected, span } = scope.run(() => useSelectedEvents(answer))!
  await answered(about('ann', 'aeimquy'))
  selected.value = 3
  span.value = [2, 3]
  await answered(about('ann', 'ijklmno'))
  expect([selected.value, span.value]).toEqual([4, [0, 4]])
  await answered(about('ann', 'xyz'))
  expect([selected.value, span.value]).toEqual([null, null])
})

test("nothing of another user's is selected", async () => {
  const { selected } = scope.run(() => useSelectedEvents(answer))!
  await answered(about('ann', 'abc'))
  selected.value = 1
  await answered(about('bob', 'abc'))
  expect(selected.value).toBeNull()
})

test('behaviours are those that were seen at least, until an answer holds every event of the user', async () => {
  const user = shallowRef('ann')
  const { behaviours } = scope.run(() => useDistinct(answer, () => user.value))!
  await answered(about('ann', 'aeimquy'))
  await answered(about('ann', 'aeb'))
  expect(behaviours.value).toEqual({ count: 8, isAll: false })
  await answered(about('ann', 'abcdefghijklmnopqrstuvwxyz'))
  await answered(about('ann', 'a'))
  expect(behaviours.value).toEqual({ count: 26, isAll: true })
  user.value = 'bob'
  await answered(about('bob', 'xy'))
  expect(behaviours.value).toEqual({ count: 2, isAll: false })
})

const day = 86_400_000
/** An answer of which a few events were taken, at these times. */
const sampled = (...times: number[]): UserEvents => ({
  ...about('ann', ''),
  events: times.map((time) => ({ time, behaviour: 'walk', location: null })),
  sampledEvery: 1,
  sampledEach: 1,
})

test('around a linked moment events are read in nearer and nearer stretches, until all of one are there', () => {
  const first = nearerStretch(sampled(0, 100 * day, 200 * day), 100 * day, null)
  expect(first).toEqual({ from: 97 * day, until: 103 * day })
  const second = nearerStretch(sampled(98 * day, 100 * day, 101 * day), 100 * day, first)
  expect(second).toEqual({ from: 99.25 * day, until: 100.75 * day })
  expect(nearerStretch({ ...sampled(100 * day), sampledEvery: null }, 100 * day, second)).toBeNull()
})

test('a stretch around a linked moment is so wide that it holds the event nearest to it', () => {
  const first = nearerStretch(sampled(0, 80 * day, 200 * day), 100 * day, null)
  expect(first).toEqual({ from: 80 * day - 1, until: 120 * day + 1 })
  // All thousands of them at its edges: there is no nearer one.
  expect(nearerStretch(sampled(80 * day, 120 * day), 100 * day, first)).toBeNull()
  // As many in the same moment.
  expect(nearerStretch(sampled(5, 5, 5), 5, { from: -1000, until: 1010 })).toBeNull()
})

test('the event nearest to a moment is the earlier one of a tie', () => {
  expect(nearestEvent(sampled(0, 10, 20), 15)).toBe(1)
  expect(nearestEvent(sampled(0, 10, 20), 99)).toBe(2)
  expect(nearestEvent(sampled(), 5)).toBe(-1)
})

test('places are counted in the same way, each once, and none of events that have none', async () => {
  const { places } = scope.run(() => useDistinct(answer, () => 'ann'))!
  await answered(about('ann', 'aei'))
  await answered(about('ann', 'bcd'))
  expect(places.value).toEqual({ count: 2, isAll: false })
})
