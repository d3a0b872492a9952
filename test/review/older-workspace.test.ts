import path from 'node:path'
import { expect, test } from 'vitest'
import { reviewAgreement } from '../../src/main/review/agreement.ts'
import { openWriteDatabase } from '../../src/main/storage/database.ts'
import { migrations } from '../../src/main/storage/migrations/index.ts'
import { redoAction, reviewerState, undoAction } from '../../src/main/storage/review-actions.ts'
import { requireReviewProject } from '../../src/main/storage/review-projects.ts'
import { migrate } from '../../src/main/storage/schema.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { type Decision, type PlacedLabel, undecided } from '../../src/shared/review.ts'
import { temporaryFolder } from '../support/folders.ts'
import { changeSchema, laterLabel, odd, personAt, wrong } from './support.ts'

const project = 1
const text = (value: unknown) => `'${JSON.stringify(value)}'`
const onWhole = (label: number): PlacedLabel => ({ label, from: 0, until: 1 })
const accepted = (...labels: PlacedLabel[]): Decision => ({ ...undecided, state: 'accepted', labels })

/** A workspace of the version before: a review whose label `wrong` was taken out after two people had accepted two sequences. */
function olderWorkspace(): string {
  const folder = temporaryFolder()
  const database = openWriteDatabase(path.join(folder, 'workbench.db'))
  migrate(
    database,
    migrations.filter(({ number }) => number < 13),
  )
  const sequence = text({ user: 'u', events: [{ behaviour: 'a' }, { behaviour: 'b' }] })
  const said: [reviewer: string, decisions: Decision[]][] = [
    ['Ada', [accepted(onWhole(odd), onWhole(wrong)), accepted()]],
    ['Ben', [accepted(onWhole(odd)), accepted(onWhole(odd))]],
  ]
  database.execute(`
    INSERT INTO review_projects VALUES (${project}, 'p', 'random', 1, 2, '{}', 0, 3, '2025-01-01');
    INSERT INTO review_labels VALUES (${project}, ${odd}, 0, 'odd', 'sequence', '1', '#b3261e', '', NULL, 0);
    INSERT INTO review_labels VALUES (${project}, ${wrong}, 1, 'wrong', 'sequence', '2', '#b3261e', '', NULL, 1);
    INSERT INTO review_labels VALUES (${project}, 3, 2, 'holiday', 'span', '3', '#b3261e', '', NULL, 0);
    INSERT INTO review_sequences VALUES (1, ${project}, 0, 'u', 2, ${sequence}), (2, ${project}, 1, 'u', 2, ${sequence});
    ${said
      .map(
        ([reviewer, decisions]) => `
    INSERT INTO review_reviewers VALUES (${project}, '${reviewer}', 'reviewer', 2, 2, 1);
    ${decisions
      .map(
        (decision, position) => `
    INSERT INTO review_actions VALUES (${project}, '${reviewer}', ${position + 1}, ${position}, ${position}, '{"kind":"accept","seconds":0}',
      ${text({ ...decision, state: 'pending' })}, ${text(decision)}, '2025-01-01');
    INSERT INTO review_decisions VALUES (${project}, ${position}, '${reviewer}', 'accepted', 0, '', ${text(decision.labels)}, 0);`,
      )
      .join('')}`,
      )
      .join('')}`)
  database.close()
  return folder
}

const table = ({ pairs }: ReturnType<typeof reviewAgreement>) =>
  pairs[0].labels.map(({ label, units, leftOut, both, onlyFirst }) => ({ label, units, leftOut, both, onlyFirst }))

test('what was accepted before versions of the labels were kept counts for every label that there was, as it did', () => {
  using workspace = openWorkspace(olderWorkspace(), { mode: 'write' })
  const { database } = workspace
  const { pairs, disagreements } = reviewAgreement(database, project)
  const before = [
    { label: odd, units: 2, leftOut: 0, both: 1, onlyFirst: 0 },
    { label: 3, units: 4, leftOut: 0, both: 0, onlyFirst: 0 },
    { label: wrong, units: 2, leftOut: 0, both: 0, onlyFirst: 1 },
    { label: null, units: 2, leftOut: 0, both: 0, onlyFirst: 0 },
  ]
  expect(table({ pairs, disagreements })).toEqual(before)
  expect(disagreements).toMatchObject([
    { position: 0, labels: [wrong] },
    { position: 1, labels: [odd] },
  ])
  expect(requireReviewProject(database, project).disagreements).toBe(2)

  // An acceptance of before that is taken back and brought back is the one that it was.
  undoAction(database, { project, reviewer: 'Ada', version: 2 })
  redoAction(database, { project, reviewer: 'Ada', version: 3 })
  expect(table(reviewAgreement(database, project))).toEqual(before)
})

test('a label that is added to such a workspace counts from then on, and an acceptance of now takes the place of one of before', () => {
  using workspace = openWorkspace(olderWorkspace(), { mode: 'write' })
  const { database } = workspace
  changeSchema(database, project, { added: [laterLabel] })
  const added = () => table(reviewAgreement(database, project)).find(({ label }) => label === 4)
  expect(added()).toMatchObject({ units: 0, leftOut: 2 })
  for (const reviewer of ['Ada', 'Ben']) personAt(database, project, reviewer).accepts(0)
  expect(added()).toMatchObject({ units: 2, leftOut: 1 })
  expect(table(reviewAgreement(database, project)).find(({ label }) => label === wrong)).toMatchObject({
    units: 1,
    leftOut: 1,
  })
  const { version } = reviewerState(database, project, 'Ada')
  undoAction(database, { project, reviewer: 'Ada', version })
  expect(added()).toMatchObject({ units: 0, leftOut: 2 })
})
