import { phrase } from '../../shared/phrase.ts'
import { type Decision, type PlacedLabel, type QueueEntry, type ReviewerRole, undecided } from '../../shared/review.ts'
import type { ReadDatabase, WriteDatabase } from './database.ts'
import { storedJson } from './stored-json.ts'

interface DecisionRow {
  state: Decision['state']
  flagged: number
  note: string
  labels: string
  seconds: number
}

/** A decision with whose it is and on what. */
export interface StoredDecision {
  position: number
  reviewer: string
  role: ReviewerRole
  decision: Decision
}

const decisionColumns = 'd.state, d.flagged, d.note, d.labels, d.seconds'

function toDecision(row: DecisionRow): Decision {
  return {
    state: row.state,
    flagged: row.flagged === 1,
    note: row.note,
    labels: storedJson<PlacedLabel[]>(row.labels, phrase`the labels of a review decision`),
    seconds: row.seconds,
  }
}

/** What a reviewer says of a sequence; `undecided` before the first action. */
export function readDecision(database: ReadDatabase, project: number, position: number, reviewer: string): Decision {
  const row = database
    .query<DecisionRow>(
      `SELECT ${decisionColumns} FROM review_decisions d WHERE project = ? AND position = ? AND reviewer = ?`,
    )
    .get(project, position, reviewer)
  return row === undefined ? undecided : toDecision(row)
}

/** Stores what the log of actions amounts to. */
export function writeDecision(
  database: WriteDatabase,
  project: number,
  position: number,
  reviewer: string,
  { state, flagged, note, labels, seconds }: Decision,
): void {
  database
    .change(
      `INSERT INTO review_decisions (project, position, reviewer, state, flagged, note, labels, seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET state = excluded.state, flagged = excluded.flagged, note = excluded.note, labels = excluded.labels,
         seconds = excluded.seconds`,
    )
    .run(project, position, reviewer, state, flagged ? 1 : 0, note, JSON.stringify(labels), seconds)
}

const storedColumns = `d.position, d.reviewer, r.role, ${decisionColumns}`
const storedTables = `FROM review_decisions d CROSS JOIN review_reviewers r ON r.project = d.project AND r.name = d.reviewer`

type StoredRow = DecisionRow & Omit<StoredDecision, 'decision'>

const toStored = ({ position, reviewer, role, ...row }: StoredRow): StoredDecision => ({
  position,
  reviewer,
  role,
  decision: toDecision(row),
})

/** Every decision of a project, in the order of the queue, reviewers by name. */
export function readDecisions(database: ReadDatabase, project: number): StoredDecision[] {
  return database
    .query<StoredRow>(`SELECT ${storedColumns} ${storedTables} WHERE d.project = ? ORDER BY d.position, d.reviewer`)
    .all(project)
    .map(toStored)
}

/** Every decision on one sequence, reviewers by name. */
export function readDecisionsOn(database: ReadDatabase, project: number, position: number): StoredDecision[] {
  return database
    .query<StoredRow>(
      `SELECT ${storedColumns} ${storedTables} WHERE d.project = ? AND d.position = ? ORDER BY d.reviewer`,
    )
    .all(project, position)
    .map(toStored)
}

/**
 * Sequences that at least two reviewers accepted with other labels or another flag. Labels are compared as texts, which `decide` keeps in
 * one order.
 */
export const disagreementSql = `SELECT d.position,
  max(iif(r.role = 'adjudicator', d.reviewer, NULL)) AS adjudicator
FROM review_decisions d CROSS JOIN review_reviewers r ON r.project = d.project AND r.name = d.reviewer
WHERE d.project = ? AND d.state = 'accepted'
GROUP BY d.position
HAVING min(iif(r.role = 'reviewer', d.labels, NULL)) <> max(iif(r.role = 'reviewer', d.labels, NULL))
  OR min(iif(r.role = 'reviewer', d.flagged, NULL)) <> max(iif(r.role = 'reviewer', d.flagged, NULL))
ORDER BY d.position`

export interface DisagreeingPosition {
  position: number
  /** Who decided it; null while nobody has. */
  adjudicator: string | null
}

export function disagreeingPositions(database: ReadDatabase, project: number): DisagreeingPosition[] {
  return database.query<DisagreeingPosition>(disagreementSql).all(project)
}

/** Every sequence of the queue with what the reviewer said of it, or only those on which the adjudicator has to or did decide. */
export function readQueue(
  database: ReadDatabase,
  project: number,
  { name, role }: { name: string; role: ReviewerRole },
): QueueEntry[] {
  const entries = database
    .query<Omit<QueueEntry, 'flagged'> & { flagged: number }>(
      `SELECT s.position, coalesce(d.state, 'pending') AS state, coalesce(d.flagged, 0) AS flagged
       FROM review_sequences s LEFT JOIN review_decisions d ON d.project = s.project AND d.position = s.position AND d.reviewer = ?
       WHERE s.project = ? ORDER BY s.position`,
    )
    .all(name, project)
    .map((row) => ({ ...row, flagged: row.flagged === 1 }))
  if (role === 'reviewer') return entries
  const disputed = new Set(disagreeingPositions(database, project).map(({ position }) => position))
  return entries.filter(({ position, state }) => disputed.has(position) || state !== 'pending')
}
