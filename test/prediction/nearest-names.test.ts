import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editDistance, nearestNames, suggestion } from '../../src/main/prediction/nearest-names.ts'
import { phrase, render } from '../../src/shared/phrase.ts'

/** Optimal string alignment by plain recursion. */
function slowDistance(left: string, right: string): number {
  if (left === '' || right === '') return left.length + right.length
  const [a, b] = [left.at(-1), right.at(-1)]
  let distance = Math.min(
    slowDistance(left.slice(0, -1), right) + 1,
    slowDistance(left, right.slice(0, -1)) + 1,
    slowDistance(left.slice(0, -1), right.slice(0, -1)) + (a === b ? 0 : 1),
  )
  if (left.length > 1 && right.length > 1 && a === right.at(-2) && b === left.at(-2)) {
    distance = Math.min(distance, slowDistance(left.slice(0, -2), right.slice(0, -2)) + 1)
  }
  return distance
}

test('the edit distance is that of the recursive definition, up to its limit', () => {
  const words = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 })
  fc.assert(
    fc.property(words, words, fc.integer({ min: 0, max: 6 }), (left, right, limit) => {
      expect(editDistance(left, right, limit)).toBe(Math.min(slowDistance(left, right), limit + 1))
    }),
    { numRuns: 300 },
  )
})

test('names that were mistyped, cut short or written in another case are found, nearest first', () => {
  const names = ['persona-12', 'Persona-7', 'persona-17', 'anna', 'visitor']
  expect(nearestNames('persona-7', names)).toEqual(['Persona-7', 'persona-17', 'persona-12'])
  expect(nearestNames('perosna-12', names)[0]).toBe('persona-12')
  expect(nearestNames('vis', names)).toEqual(['visitor'])
  expect(nearestNames('qqq', names)).toEqual([])
})

test('a suggestion reads as a question', () => {
  expect(render(suggestion('anna', ['anna1', 'anna2'], phrase`none`))).toBe('Did you mean "anna1" or "anna2"?')
  expect(render(suggestion('zzz', ['anna1'], phrase`See the list.`))).toBe('See the list.')
})
