import { describe, expect, test } from 'vitest'
import { openElsewhere } from '../../src/renderer/views/review/open-elsewhere.ts'
import type { ReviewerProgress, ReviewerRole } from '../../src/shared/review.ts'

const person = (name: string, left: number, role: ReviewerRole = 'reviewer'): ReviewerProgress => ({
  name,
  role,
  left,
  total: 10,
  accepted: 10 - left,
  skipped: 0,
  flagged: 0,
  secondsPerSequence: null,
})
const reviews = [
  { id: 1, name: 'this one', reviewers: [person('Ada', 5), person('Cora', 1, 'adjudicator')], unresolved: 9 },
  { id: 2, name: 'few', reviewers: [person('Ada', 1), person('Ben', 9)], unresolved: 2 },
  { id: 3, name: 'many', reviewers: [person('Ada', 7), person('Cora', 4)], unresolved: 8 },
  { id: 4, name: 'done', reviewers: [person('Ada', 0)], unresolved: 0 },
  { id: 5, name: 'decides there', reviewers: [person('Ada', 3, 'adjudicator')], unresolved: 3 },
]

describe('where a person goes on whose queue is done', () => {
  test('is every other review in which that person has sequences left, most of them first', () => {
    expect(openElsewhere(reviews, { project: 1, reviewer: 'Ada', role: 'reviewer' })).toEqual([
      { id: 3, name: 'many', open: 7 },
      { id: 2, name: 'few', open: 1 },
    ])
  })

  test('is, for who decides, every other review with disagreements that nobody has decided, but those that this person reviews', () => {
    expect(openElsewhere(reviews, { project: 1, reviewer: 'Cora', role: 'adjudicator' })).toEqual([
      { id: 5, name: 'decides there', open: 3 },
      { id: 2, name: 'few', open: 2 },
    ])
  })

  test('is three reviews at most', () => {
    const more = [6, 7, 8].map((id) => ({ id, name: `${id}`, reviewers: [], unresolved: id }))
    const offered = openElsewhere([...reviews, ...more], { project: 1, reviewer: 'Cora', role: 'adjudicator' })
    expect(offered.map(({ id }) => id)).toEqual([8, 7, 6])
  })
})
