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
  acceptedUnder: number
}

/** A decision with the version of the labels under which it was accepted last: 0 where that was before versions were kept, and where it never was. */
export interface VersionedDecision {
  decision: Decision
  acceptedUnder: number
}

/** A decision with whose it is and on what. */
export interface StoredDecision extends VersionedDecision {
  position: number
  reviewer: string
  role: ReviewerRole
}

const decisionColumns = 'd.state, d.flagged, d.note, d.labels, d.seconds, d.accepted_under AS acceptedUnder'

function toDecision(row: DecisionRow): VersionedDecision {
  return {
    decision: {
      state: row.state,
      flagged: row.flagged === 1,
      note: row.note,
      labels: storedJson<PlacedLabel[]>(row.labels, phrase`the labels of a review decision`),
      seconds: row.seconds,
    },
    acceptedUnder: row.acceptedUnder,
  }
}

/** What a reviewer says of a sequence; `undecided` before the first action. */
export function readDecision(database: ReadDatabase, project: number, position: number, reviewer: string): Decision {
  return readVersionedDecision(database, project, position, reviewer).decision
}

/** The same with the labels that there were. */
export function readVersionedDecision(
  database: ReadDatabase,
  project: number,
  position: number,
  reviewer: string,
): VersionedDecision {
  const row = database
    .query<DecisionRow>(
      `SELECT ${decisionColumns} FROM review_decisions d WHERE project = ? AND position = ? AND reviewer = ?`,
    )
    .get(project, position, reviewer)
  return row === undefined ? { decision: undecided, acceptedUnder: 0 } : toDecision(row)
}

/** Stores what the log of actions amounts to. */
export function writeDecision(
  database: WriteDatabase,
  project: number,
  position: number,
  reviewer: string,
  { decision: { state, flagged, note, labels, seconds }, acceptedUnder }: VersionedDecision,
): void {
  database
    .change(
      `INSERT INTO review_decisions (project, position, reviewer, state, flagged, note, labels, seconds, accepted_under)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET state = excluded.state, flagged = excluded.flagged, note = excluded.note, labels = excluded.labels,
         seconds = excluded.seconds, accepted_under = excluded.accepted_under`,
    )
    .run(project, position, reviewer, state, flagged ? 1 : 0, note, JSON.stringify(labels), seconds, acceptedUnder)
}

const storedColumns = `d.position, d.reviewer, r.role, ${decisionColumns}`
const storedTables = `FROM review_decisions d CROSS JOIN review_reviewers r ON r.project = d.project AND r.name = d.reviewer`

type StoredRow = DecisionRow & Pick<StoredDecision, 'position' | 'reviewer' | 'role'>

const toStored = ({ position, reviewer, role, ...row }: StoredRow): StoredDecision => ({
  position,
  reviewer,
  role,
  ...toDecision(row),
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

/** Ids of the labels that lie on any sequence of a project, whoever put them there. */
export function placedLabels(database: ReadDatabase, project: number): Set<number> {
  const rows = database
    .query<{ label: number }>(
      `SELECT DISTINCT placed.value ->> 'label' AS label
       FROM review_decisions d CROSS JOIN json_each(d.labels) placed WHERE d.project = ?`,
    )
    .all(project)
  return new Set(rows.map(({ label }) => label))
}

/** Somebody put a label in a place where somebody else did not, though it was in the schema when either accepted the sequence. */
const differsInSharedLabel = `EXISTS (SELECT 1 FROM review_decisions a
  CROSS JOIN review_reviewers x ON x.project = a.project AND x.name = a.reviewer AND x.role = 'reviewer'
  CROSS JOIN review_decisions b ON b.project = a.project AND b.position = a.position AND b.state = 'accepted' AND b.labels <> a.labels
  CROSS JOIN review_reviewers y ON y.project = b.project AND y.name = b.reviewer AND y.role = 'reviewer'
  CROSS JOIN json_each(a.labels) placed
  CROSS JOIN review_schema_labels had ON had.project = a.project AND had.version = a.accepted_under AND had.label = placed.value ->> 'label'
  CROSS JOIN review_schema_labels shared ON shared.project = b.project AND shared.version = b.accepted_under AND shared.label = had.label
  WHERE a.project = d.project AND a.position = d.position AND a.state = 'accepted' AND instr(b.labels, placed.value) = 0)`

/**
 * Sequences that at least two reviewers accepted with another flag or other labels, of those that either could have put there. Labels are compared as texts, which
 * `decide` keeps in one order; most sequences are told by all of them at once.
 */
export const disagreementSql = `SELECT d.position,
  max(iif(r.role = 'adjudicator', d.reviewer, NULL)) AS adjudicator
FROM review_decisions d CROSS JOIN review_reviewers r ON r.project = d.project AND r.name = d.reviewer
WHERE d.project = ? AND d.state = 'accepted'
GROUP BY d.position
HAVING min(iif(r.role = 'reviewer', d.flagged, NULL)) <> max(iif(r.role = 'reviewer', d.flagged, NULL))
  OR (min(iif(r.role = 'reviewer', d.labels, NULL)) <> max(iif(r.role = 'reviewer', d.labels, NULL)) AND ${differsInSharedLabel})
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
