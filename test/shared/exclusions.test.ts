import { describe, expect, test } from 'vitest'
import { choicesOf, exclusionChoices, exclusionsOf } from '../../src/shared/exclusions.ts'
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
  test('can be what was flagged in a review, each label of its schema, and those taken out of it that sequences still carry, marked as such', () => {
    const reviews = [
      { name: 'first', labels: [label(1, 'odd'), label(2, 'gone', true), label(3, 'old', true)], retiredInUse: [3] },
      { name: 'second', labels: [], retiredInUse: [] },
    ]
    expect(exclusionChoices(reviews)).toEqual([
      { project: 'first', label: null, isRetired: false },
      { project: 'first', label: 'odd', isRetired: false },
      { project: 'first', label: 'old', isRetired: true },
      { project: 'second', label: null, isRetired: false },
    ])
  })

  test('is one choice where a label that was taken out has the name of another one', () => {
    const labels = [label(1, 'odd'), label(2, 'odd', true), label(3, 'old', true), label(4, 'old', true)]
    const choices = exclusionChoices([{ name: 'first', labels, retiredInUse: [2, 3, 4] }])
    expect(choices.slice(1)).toEqual([
      { project: 'first', label: 'odd', isRetired: false },
      { project: 'first', label: 'old', isRetired: true },
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
