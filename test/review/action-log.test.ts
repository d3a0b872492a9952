import fc from 'fast-check'
import { expect, test } from 'vitest'
import { actOnSequence } from '../../src/main/review/act.ts'
import type { WriteDatabase } from '../../src/main/storage/database.ts'
import { joinReview, redoAction, reviewerState, undoAction } from '../../src/main/storage/review-actions.ts'
import { readDecision, readQueue } from '../../src/main/storage/review-decisions.ts'
import { requireReviewProject } from '../../src/main/storage/review-projects.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { type Decision, type ReviewAction, undecided } from '../../src/shared/review.ts'
import { createLogWorkspace } from '../support/log-workspace.ts'
import { addReview, holiday, odd, personAt, wrong } from './support.ts'

const labelled = { kind: 'add-labels', labels: [{ label: wrong, from: 1, until: 1 }] } satisfies ReviewAction

function decisions(database: WriteDatabase, project: number, reviewer = 'Ada'): Decision[] {
  return Array.from({ length: 5 }, (_, position) => readDecision(database, project, position, reviewer))
}

test('every action is stored at once, and undo and redo go on where an earlier session stopped', () => {
  using log = createLogWorkspace()
  const project = addReview(log.workspace.database)
  const ada = personAt(log.workspace.database, project, 'Ada')
  ada.does(0, labelled)
  ada.does(0, { kind: 'accept', seconds: 4 })
  ada.does(1, { kind: 'note', note: 'a trip?' })
  const before = decisions(log.workspace.database, project)

  for (let session = 0; session < 3; session++) {
    using workspace = openWorkspace(log.directory, { mode: 'write' })
    const { version } = reviewerState(workspace.database, project, 'Ada')
    const outcome = undoAction(workspace.database, { project, reviewer: 'Ada', version })
    expect(outcome.position).toBe(session === 0 ? 1 : 0)
  }
  expect(decisions(log.workspace.database, project)).toEqual(new Array(5).fill(undecided))

  for (let session = 0; session < 3; session++) {
    using workspace = openWorkspace(log.directory, { mode: 'write' })
    const { version, canRedo } = reviewerState(workspace.database, project, 'Ada')
    expect(canRedo).toBe(true)
    redoAction(workspace.database, { project, reviewer: 'Ada', version })
  }
  expect(decisions(log.workspace.database, project)).toEqual(before)
  expect(reviewerState(log.workspace.database, project, 'Ada')).toMatchObject({ canUndo: true, canRedo: false })
})

test('a new action after an undo takes redo away, but what was undone stays in the log', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const project = addReview(database)
  const ada = personAt(database, project, 'Ada')
  ada.does(0, { kind: 'flag', flagged: true })
  undoAction(database, { project, reviewer: 'Ada', version: 1 })
  const again = personAt(database, project, 'Ada')
  expect(again.does(0, { kind: 'note', note: 'another way' }).state.canRedo).toBe(false)
  expect(() => redoAction(database, { project, reviewer: 'Ada', version: 3 })).toThrow(/nothing to redo/)
  const { actions } = database.query<{ actions: number }>('SELECT count(*) AS actions FROM review_actions').get()!
  expect(actions).toBe(2)
  expect(() => database.execute('UPDATE review_actions SET position = 3')).toThrow(/only appended to/)
})

test('any run of actions, undos and redos ends where a plain list of states ends', () => {
  const action: fc.Arbitrary<ReviewAction> = fc.oneof(
    fc
      .record({
        kind: fc.constantFrom('add-labels' as const, 'remove-labels' as const),
        label: fc.constant(wrong),
        at: fc.nat(3),
      })
      .map(({ kind, label, at }) => ({ kind, labels: [{ label, from: at, until: at }] })),
    fc.boolean().map((flagged) => ({ kind: 'flag' as const, flagged })),
    fc.nat(9).map((seconds) => ({ kind: 'accept' as const, seconds })),
  )
  const step = fc.oneof(
    fc.record({ position: fc.nat(4), action }),
    fc.constant('undo' as const),
    fc.constant('redo' as const),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      using log = createLogWorkspace()
      const { database } = log.workspace
      const project = addReview(database)
      const history = [decisions(database, project)]
      let now = 0
      let version = 0
      for (const each of steps) {
        const at = { project, reviewer: 'Ada', version }
        if (each === 'undo' || each === 'redo') {
          const next = now + (each === 'undo' ? -1 : 1)
          const move = () => (each === 'undo' ? undoAction : redoAction)(database, at)
          if (history[next] === undefined) expect(move).toThrow(/nothing to/)
          else {
            version = move().state.version
            now = next
          }
        } else {
          version = actOnSequence(database, { ...at, ...each }).state.version
          history.splice(++now, Number.POSITIVE_INFINITY, decisions(database, project))
        }
        expect(decisions(database, project)).toEqual(history[now])
        const { canUndo, canRedo } = reviewerState(database, project, 'Ada')
        expect({ canUndo, canRedo }).toEqual({ canUndo: now > 0, canRedo: now < history.length - 1 })
      }
    }),
    { numRuns: 25 },
  )
})

test('of two windows of one person, the one left behind is refused and changes nothing', () => {
  using log = createLogWorkspace()
  using second = openWorkspace(log.directory, { mode: 'write' })
  const project = addReview(log.workspace.database)
  const here = personAt(log.workspace.database, project, 'Ada')
  const there = personAt(second.database, project, 'Ada')
  here.does(0, labelled)
  const before = decisions(second.database, project)
  expect(() => there.does(1, { kind: 'accept' })).toThrow(/another window: this one is 1 action behind/)
  expect(() => undoAction(second.database, { project, reviewer: 'Ada', version: there.version })).toThrow(
    /another window/,
  )
  expect(decisions(second.database, project)).toEqual(before)
  here.does(1, { kind: 'accept' })
  expect(personAt(second.database, project, 'Ada').does(2, { kind: 'skip' }).state.version).toBe(3)
})

test('reviewers have a log and a queue of their own', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const project = addReview(database, { reviewers: ['Ada', 'Ben'] })
  personAt(database, project, 'Ada').accepts(0, [odd, 0, 3])
  const ben = personAt(database, project, 'Ben')
  ben.does(0, { kind: 'skip', seconds: 6 })
  ben.does(1, { kind: 'flag', flagged: true })
  expect(readQueue(database, project, { name: 'Ada', role: 'reviewer' })).toMatchObject([
    { position: 0, state: 'accepted', flagged: false },
    ...[1, 2, 3, 4].map((position) => ({ position, state: 'pending', flagged: false })),
  ])
  expect(requireReviewProject(database, project).reviewers).toEqual([
    { name: 'Ada', role: 'reviewer', total: 5, accepted: 1, skipped: 0, flagged: 0, left: 4, secondsPerSequence: 2 },
    { name: 'Ben', role: 'reviewer', total: 5, accepted: 0, skipped: 1, flagged: 1, left: 4, secondsPerSequence: 6 },
  ])
})

test('a label is refused where it does not belong, and nothing is stored', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const project = addReview(database)
  const ada = personAt(database, project, 'Ada')
  for (const [label, from, until] of [
    [odd, 0, 2],
    [wrong, 0, 1],
    [wrong, 4, 4],
    [holiday, 2, 1],
    [9, 0, 0],
  ]) {
    expect(
      () => ada.does(0, { kind: 'add-labels', labels: [{ label, from, until }] }),
      `${label} on ${from}-${until}`,
    ).toThrow(/cannot stand on|has no label 9/)
  }
  expect(() => ada.does(0, { kind: 'adopt', labels: [], flagged: false })).toThrow(/decides between reviewers/)
  expect(() => ada.does(5, { kind: 'accept' })).toThrow(/no sequence number 6/)
  expect(reviewerState(database, project, 'Ada').version).toBe(0)
})

test('who has reviewed cannot adjudicate, nor the other way round', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const project = addReview(database)
  personAt(database, project, 'Ada').does(0, labelled)
  personAt(database, project, 'Cora', 'adjudicator').does(0, labelled)
  expect(() => joinReview(database, project, 'Ada', 'adjudicator')).toThrow(/has reviewed this project/)
  expect(() => joinReview(database, project, 'Cora', 'reviewer')).toThrow(/has seen their labels/)
})

test('an undo and a redo tell which action it was', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const project = addReview(database)
  const ada = personAt(database, project, 'Ada')
  const action = { kind: 'add-labels' as const, labels: [{ label: wrong, from: 2, until: 2 }] }
  ada.does(1, action)
  const undone = undoAction(database, { project, reviewer: 'Ada', version: ada.version })
  expect(undone).toMatchObject({ position: 1, action, schemaVersion: 1 })
  expect(redoAction(database, { project, reviewer: 'Ada', version: undone.state.version })).toMatchObject({ action })
})
