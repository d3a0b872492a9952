import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import {
  type ActionOutcome,
  type Decision,
  decide,
  type ReviewAction,
  type ReviewerRole,
  type ReviewerState,
} from '../../shared/review.ts'
import type { ReadDatabase, WriteDatabase } from './database.ts'
import { readVersionedDecision, type VersionedDecision, writeDecision } from './review-decisions.ts'
import { findSchemaVersion, noReview } from './review-projects.ts'
import { storedJson } from './stored-json.ts'

/**
 * The log of what each reviewer did. It is only appended to: undo and redo move the reviewer's cursor. An action knows its parent, the action
 * that counted when it was made. The actions on the way from the cursor to the root count; the child made last is what redo brings back, so
 * a new action after an undo takes the way to the undone ones away, but not the actions themselves.
 *
 * An acceptance is one under the labels that the person could choose from: the version of the schema that their window was told last, by joining, which a
 * window does again once it shows changed labels, or with the outcome of an action. What somebody else has added since they did not see.
 */

interface ReviewerRow {
  name: string
  role: ReviewerRole
  cursor: number
  version: number
  position: number
  /** The version of the labels that the person's window was told last. */
  schemaVersion: number
}

interface ActionRow {
  number: number
  parent: number
  position: number
  action: string
  before: string
  after: string
  acceptedUnderBefore: number
  acceptedUnderAfter: number
}

const actionColumns = `number, parent, position, action, before, after,
  accepted_under_before AS acceptedUnderBefore, accepted_under_after AS acceptedUnderAfter`

function findRow(database: ReadDatabase, project: number, name: string): ReviewerRow | undefined {
  return database
    .query<ReviewerRow>(
      `SELECT name, role, cursor, version, position, schema_version AS schemaVersion
       FROM review_reviewers WHERE project = ? AND name = ?`,
    )
    .get(project, name)
}

function requireRow(database: ReadDatabase, project: number, name: string): ReviewerRow {
  const row = findRow(database, project, name)
  if (row !== undefined) return row
  requireSchemaVersion(database, project)
  throw new WorkbenchError(
    'not-found',
    phrase`Nobody named "${name}" reviews this project.`,
    phrase`Join the review first.`,
  )
}

function stateOf(database: ReadDatabase, project: number, row: ReviewerRow): ReviewerState {
  return {
    name: row.name,
    role: row.role,
    version: row.version,
    position: row.position,
    canUndo: row.cursor > 0,
    canRedo: childOf(database, project, row) !== undefined,
  }
}

/** The action made last on top of the cursor. Without being told, SQLite walks back through the whole log for it. */
export const childSql = `SELECT ${actionColumns} FROM review_actions INDEXED BY review_actions_by_parent
WHERE project = ? AND reviewer = ? AND parent = ? ORDER BY number DESC LIMIT 1`

function childOf(database: ReadDatabase, project: number, { name, cursor }: ReviewerRow): ActionRow | undefined {
  return database.query<ActionRow>(childSql).get(project, name, cursor)
}

/** Where a reviewer stands. @throws WorkbenchError `not-found`. */
export function reviewerState(database: ReadDatabase, project: number, reviewer: string): ReviewerState {
  return stateOf(database, project, requireRow(database, project, reviewer))
}

/**
 * Makes a person known to a project; one who is known already stays where they were, and takes the role as long as they have done nothing.
 * @throws WorkbenchError `conflict` when the name has done something in the other role, `not-found` for an unknown project.
 */
export function joinReview(database: WriteDatabase, project: number, name: string, role: ReviewerRole): ReviewerState {
  return database.transaction(() => {
    const schemaVersion = requireSchemaVersion(database, project)
    const known = findRow(database, project, name)
    if (known !== undefined && known.role !== role && known.version > 0) {
      throw new WorkbenchError(
        'conflict',
        known.role === 'reviewer'
          ? phrase`${name} has reviewed this project, and cannot decide between reviewers as well.`
          : phrase`${name} decides between the reviewers of this project and has seen their labels.`,
        phrase`Let another person do it, under another name.`,
      )
    }
    database
      .change(
        `INSERT INTO review_reviewers (project, name, role, schema_version) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET role = excluded.role, schema_version = excluded.schema_version`,
      )
      .run(project, name, role, schemaVersion)
    return stateOf(database, project, requireRow(database, project, name))
  })
}

/** @throws WorkbenchError `not-found` when there is no such project any more. */
function requireSchemaVersion(database: ReadDatabase, project: number): number {
  const version = findSchemaVersion(database, project)
  if (version === undefined) throw noReview(project)
  return version
}

/** What a reviewer did and on what version of their work they did it. */
export interface ReviewStep {
  project: number
  reviewer: string
  version: number
}

/**
 * Appends an action and stores what it leads to, in one transaction. `check` may refuse it, inside.
 * @throws WorkbenchError `conflict` when the reviewer's version is another one, `not-found`.
 */
export function appendAction(
  database: WriteDatabase,
  step: ReviewStep & { position: number; action: ReviewAction },
  check: (role: ReviewerRole) => void,
): ActionOutcome {
  const { project, reviewer, position, action } = step
  return database.transaction(() => {
    const row = requireVersion(database, step)
    check(row.role)
    const before = readVersionedDecision(database, project, position, reviewer)
    const after = {
      decision: decide(before.decision, action),
      acceptedUnder: action.kind === 'accept' ? row.schemaVersion : before.acceptedUnder,
    }
    const { highest } = database
      .query<{ highest: number | null }>(
        'SELECT max(number) AS highest FROM review_actions WHERE project = ? AND reviewer = ?',
      )
      .get(project, reviewer)!
    const number = (highest ?? 0) + 1
    database
      .change(
        `INSERT INTO review_actions
           (project, reviewer, number, parent, position, action, before, after, accepted_under_before, accepted_under_after, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        project,
        reviewer,
        number,
        row.cursor,
        position,
        JSON.stringify(action),
        JSON.stringify(before.decision),
        JSON.stringify(after.decision),
        before.acceptedUnder,
        after.acceptedUnder,
        new Date().toISOString(),
      )
    return moveTo(database, project, row, { cursor: number, position, action, ...after })
  })
}

/** Takes the last action that counts back. @throws WorkbenchError `conflict` when there is none or the version is another one, `not-found`. */
export function undoAction(database: WriteDatabase, step: ReviewStep): ActionOutcome {
  return database.transaction(() => {
    const row = requireVersion(database, step)
    const action = database
      .query<ActionRow>(`SELECT ${actionColumns} FROM review_actions WHERE project = ? AND reviewer = ? AND number = ?`)
      .get(step.project, row.name, row.cursor)
    if (action === undefined) throw new WorkbenchError('conflict', phrase`There is nothing to undo.`)
    return moveTo(database, step.project, row, { cursor: action.parent, ...stepOf(action, 'before') })
  })
}

/** Brings back what was undone last. @throws WorkbenchError `conflict` when there is nothing or the version is another one, `not-found`. */
export function redoAction(database: WriteDatabase, step: ReviewStep): ActionOutcome {
  return database.transaction(() => {
    const row = requireVersion(database, step)
    const action = childOf(database, step.project, row)
    if (action === undefined) throw new WorkbenchError('conflict', phrase`There is nothing to redo.`)
    return moveTo(database, step.project, row, { cursor: action.number, ...stepOf(action, 'after') })
  })
}

function stepOf(row: ActionRow, side: 'before' | 'after'): Omit<Step, 'cursor'> {
  const what = phrase`action ${String(row.number)} of a review`
  const action = storedJson<ReviewAction>(row.action, what)
  return {
    position: row.position,
    decision: storedJson<Decision>(row[side], what),
    acceptedUnder: side === 'before' ? row.acceptedUnderBefore : row.acceptedUnderAfter,
    action,
  }
}

/** Where a reviewer's cursor goes, and what that leaves behind. */
interface Step extends VersionedDecision {
  cursor: number
  position: number
  action: ReviewAction
}

function requireVersion(database: ReadDatabase, { project, reviewer, version }: ReviewStep): ReviewerRow {
  const row = requireRow(database, project, reviewer)
  if (row.version === version) return row
  const behind = row.version - version
  throw new WorkbenchError(
    'conflict',
    behind === 1
      ? phrase`${reviewer} went on reviewing in another window: this one is 1 action behind, and its last action was not stored.`
      : phrase`${reviewer} went on reviewing in another window: this one is ${behind} actions behind, and its last action was not stored.`,
    phrase`Load the newer state here, and review in one window at a time.`,
  )
}

function moveTo(
  database: WriteDatabase,
  project: number,
  row: ReviewerRow,
  { cursor, position, decision, acceptedUnder, action }: Step,
): ActionOutcome {
  writeDecision(database, project, position, row.name, { decision, acceptedUnder })
  const schemaVersion = requireSchemaVersion(database, project)
  const moved = { ...row, cursor, position, version: row.version + 1, schemaVersion }
  database
    .change(
      'UPDATE review_reviewers SET cursor = ?, version = ?, position = ?, schema_version = ? WHERE project = ? AND name = ?',
    )
    .run(moved.cursor, moved.version, moved.position, schemaVersion, project, row.name)
  return { state: stateOf(database, project, moved), action, position, decision, schemaVersion }
}
