import { expect, test } from 'vitest'
import { readReviewItem } from '../../src/main/review/act.ts'
import { joinReview, reviewerState } from '../../src/main/storage/review-actions.ts'
import { deleteReviewProject, requireReviewProject } from '../../src/main/storage/review-projects.ts'
import { createLogWorkspace } from '../support/log-workspace.ts'
import { addReview, personAt } from './support.ts'

test('a person counts once they have done something, or were named when the review was made', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const project = addReview(database, { reviewers: ['Ada'] })
  joinReview(database, project, 'Bne', 'reviewer')
  const ben = personAt(database, project, 'Ben')
  const names = () => requireReviewProject(database, project).reviewers.map(({ name }) => name)
  expect(names()).toEqual(['Ada'])
  ben.does(0, { kind: 'flag', flagged: true })
  expect(names()).toEqual(['Ada', 'Ben'])
})

test('a role can be changed as long as nothing was done in it', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const project = addReview(database)
  for (const role of ['adjudicator', 'reviewer'] as const) {
    expect(joinReview(database, project, 'Cora', role).role).toBe(role)
    expect(reviewerState(database, project, 'Cora').role).toBe(role)
  }
  personAt(database, project, 'Cora').does(0, { kind: 'accept', seconds: 1 })
  expect(() => joinReview(database, project, 'Cora', 'adjudicator')).toThrow(/Cora has reviewed this project/)
})

test('of a review that was removed it is said that it is gone, and not that nobody has this name', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const project = addReview(database)
  const ada = personAt(database, project, 'Ada')
  deleteReviewProject(database, project)
  expect(() => ada.does(0, { kind: 'accept', seconds: 1 })).toThrow(/There is no review/)
  expect(() => readReviewItem(database, { project, reviewer: 'Ada', position: 0 })).toThrow(/There is no review/)
})
