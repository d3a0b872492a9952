import { describe, expect, test } from 'vitest'
import { choicesOf, exclusionChoices, exclusionsOf } from '../../src/renderer/views/datasets/exclusions.ts'
import type { ReviewLabel } from '../../src/shared/review.ts'

const label = (id: number, name: string, retired = false): ReviewLabel => ({
  id,
  name,
  retired,
  scope: 'event',
  key: String(id),
  colour: '#000000',
  description: '',
  behaviour: null,
})

describe('what reviews leave out of a dataset', () => {
  test('can be what was flagged in a review, and each of its labels that is still in the schema', () => {
    const reviews = [
      { name: 'first', labels: [label(1, 'odd'), label(2, 'gone', true)] },
      { name: 'second', labels: [] },
    ]
    expect(exclusionChoices(reviews)).toEqual([
      { project: 'first', label: null },
      { project: 'first', label: 'odd' },
      { project: 'second', label: null },
    ])
  })

  test('is one entry for each review, and leaves the flagged ones in where only labels are chosen', () => {
    const exclusions = exclusionsOf([
      { project: 'first', label: 'odd' },
      { project: 'second', label: null },
      { project: 'first', label: 'wrong' },
    ])
    expect(exclusions).toEqual([
      { project: 'first', flagged: false, labels: ['odd', 'wrong'] },
      { project: 'second', flagged: true, labels: [] },
    ])
    expect(exclusionsOf(choicesOf(exclusions))).toEqual(exclusions)
  })

  test('is absent, and not empty, where nothing is chosen', () => {
    expect(exclusionsOf([])).toBeUndefined()
    expect(choicesOf(undefined)).toEqual([])
  })
})
