import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WindowBuilder } from '../../src/main/prediction/history.ts'
import { batchesOfSimilarLength } from '../../src/main/prediction/user-windows.ts'

function userWindow(user: string, events: number, length = 64) {
  const builder = new WindowBuilder(3, length)
  for (let event = 0; event < events; event++) builder.add(event % 3, 0, event)
  return { user, window: builder.finish() }
}

test('each user comes exactly once, in batches of at most the size', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      (histories, size) => {
        const users = histories.map((events, index) => userWindow(String(index), events))
        const batches = [...batchesOfSimilarLength(users, size)]
        expect(batches.every((batch) => batch.length >= 1 && batch.length <= size)).toBe(true)
        const names = batches.flat().map(({ user }) => Number(user))
        expect(names.sort((a, b) => a - b)).toEqual(histories.map((_, index) => index))
      },
    ),
  )
})

test('of many users of all lengths, less than a quarter of the cells is padding', () => {
  const users = Array.from({ length: 2000 }, (_, index) => userWindow(String(index), 1 + ((index * 37) % 64)))
  let cells = 0
  let padding = 0
  for (const batch of batchesOfSimilarLength(users, 16)) {
    const lengths = batch.map(({ window }) => window.behaviour.length)
    const longest = Math.max(...lengths)
    cells += longest * batch.length
    padding += lengths.reduce((sum, length) => sum + longest - length, 0)
  }
  expect(padding / cells).toBeLessThan(0.25)
})
