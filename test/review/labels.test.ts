import { expect, test } from 'vitest'
import { undoAction } from '../../src/main/storage/review-actions.ts'
import { readDecision } from '../../src/main/storage/review-decisions.ts'
import {
  deleteReviewProject,
  replaceReviewLabels,
  requireReviewProject,
} from '../../src/main/storage/review-projects.ts'
import { labelDrafts, type ReviewLabel } from '../../src/shared/review.ts'
import { createLogWorkspace } from '../support/log-workspace.ts'
import { addReview, personAt, wrong } from './support.ts'

const drafts = (labels: readonly ReviewLabel[]) => labels.map(({ retired: _retired, ...draft }) => draft)

test('a label that leaves the schema is retired: what was labelled stays, nothing new gets it, and it can come back', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const project = addReview(database)
  const ada = personAt(database, project, 'Ada')
  ada.accepts(0, [wrong, 1, 1])
  const { labels, schemaVersion } = requireReviewProject(database, project)
  const [kept, taken, other] = drafts(labels)
  const added = { name: 'trip', scope: 'span' as const, key: 'T', colour: '#7a49a5', description: '', behaviour: null }
  // Two labels exchange their keys.
  const exchanged = [{ ...other, key: kept.key }, { ...kept, key: other.key }, added]
  replaceReviewLabels(database, project, schemaVersion, exchanged)

  const changed = requireReviewProject(database, project)
  expect(changed.labels.map(({ id, name, retired }) => ({ id, name, retired }))).toEqual([
    { id: 3, name: 'holiday', retired: false },
    { id: 1, name: 'odd', retired: false },
    { id: 4, name: 'trip', retired: false },
    { id: wrong, name: 'wrong', retired: true },
  ])
  expect(readDecision(database, project, 0, 'Ada').labels).toEqual([{ label: wrong, from: 1, until: 1 }])
  expect(() => ada.does(1, { kind: 'add-labels', labels: [{ label: wrong, from: 0, until: 0 }] })).toThrow(
    /was taken out of the schema/,
  )
  expect(() => replaceReviewLabels(database, project, schemaVersion, exchanged)).toThrow(/changed meanwhile/)

  replaceReviewLabels(database, project, changed.schemaVersion, [
    ...drafts(changed.labels.slice(0, 3)),
    { ...taken, key: 'W' },
  ])
  ada.does(1, { kind: 'add-labels', labels: [{ label: wrong, from: 0, until: 0 }] })
})

test('whatever a person does tells the version of the labels that there are by then', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const project = addReview(database)
  const ada = personAt(database, project, 'Ada')
  expect(ada.does(0, { kind: 'flag', flagged: true }).schemaVersion).toBe(1)
  const { labels } = requireReviewProject(database, project)
  replaceReviewLabels(database, project, 1, drafts(labels).slice(1))
  expect(ada.does(0, { kind: 'flag', flagged: false }).schemaVersion).toBe(2)
  const undone = undoAction(database, { project, reviewer: 'Ada', version: ada.version })
  expect(undone.schemaVersion).toBe(2)
})

test('a schema has one label per name and key, whatever the case, and only labels of events name a behaviour', () => {
  const label = { name: 'a', scope: 'event', key: 'x', colour: '#000000' }
  const issues = (second: object) =>
    labelDrafts
      .safeParse([label, { ...label, name: 'b', key: 'y', ...second }])
      .error?.issues.map(({ message }) => message)
  expect(issues({})).toBeUndefined()
  expect(issues({ name: 'a' })).toEqual(['two labels have "a"'])
  expect(issues({ key: 'X' })).toEqual(['two labels have "X"'])
  expect(issues({ scope: 'span', behaviour: 'sleep' })).toEqual(['only a label of events can name a behaviour'])
  expect(issues({ key: 'é' })).toEqual(['must be one letter, digit or sign'])
})

test('removing a project takes everything of it away and nothing of another', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const [first, second] = ['first', 'second'].map((name) => addReview(database, { name }))
  for (const project of [first, second]) personAt(database, project, 'Ada').accepts(0, [wrong, 1, 1])
  expect(deleteReviewProject(database, first)).toBe('first')
  for (const table of ['labels', 'schema_labels', 'sequences', 'reviewers', 'actions', 'decisions']) {
    const projects = database.query<{ project: number }>(`SELECT DISTINCT project FROM review_${table}`).all()
    expect(projects, table).toEqual([{ project: second }])
  }
})
