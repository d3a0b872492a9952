import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EffectScope, effectScope, nextTick, shallowRef } from 'vue'
import { nearerStretch, nearestEvent, useSelectedEvents } from '../../src/renderer/views/explore/user-events.ts'
import type { UserEvents } from '../../src/shared/explore.ts'

let scope: EffectScope
const answer = shallowRef<UserEvents>()

beforeEach(() => {
  scope = effectScope()
  answer.value = undefined
})
afterEach(() => scope.stop())

/** An answer with an event per letter, at the time of its place in the alphabet. */
const about = (user: string, letters: string, total = 26): UserEvents => ({
  user,
  total,
  firstTime: 0,
  lastTime: 25,
  events: [...letters].map((behaviour) => ({
    time: behaviour.charCodeAt(0) - 97,
    behaviour,
    location: null,
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
