import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EffectScope, effectScope, nextTick, shallowRef } from 'vue'
import { useDistinct, useSelectedEvents } from '../../src/renderer/views/explore/user-events.ts'
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
  events: [...letters].map((behaviour) => ({ time: behaviour.charCodeAt(0) - 97, behaviour, location: null })),
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
