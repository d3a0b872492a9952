import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import type {
  LabelDraft,
  QueueStrategy,
  ReviewerProgress,
  ReviewLabel,
  ReviewOrigin,
  ReviewProject,
  ReviewSequence,
} from '../../shared/review.ts'
import { scopeWords } from '../../shared/review.ts'
import type { ReadDatabase, WriteDatabase } from './database.ts'
import { disagreeingPositions, placedLabels } from './review-decisions.ts'
import { storedJson } from './stored-json.ts'

interface ProjectRow {
  id: number
  name: string
  strategy: QueueStrategy
  seed: number
  length: number
  origin: string
  simulated: number
  schemaVersion: number
  createdAt: string
}

const selectProject = `SELECT id, name, strategy, seed, length, origin, simulated, schema_version AS schemaVersion, created_at AS createdAt
FROM review_projects`

/** A project that is being made; everything of it is written in one step. */
export interface NewReviewProject {
  name: string
  strategy: QueueStrategy
  seed: number
  length: number
  origin: ReviewOrigin
  simulated: boolean
  labels: readonly LabelDraft[]
  reviewers: readonly string[]
  /** In the order of the queue. */
  sequences: readonly Omit<ReviewSequence, 'position'>[]
}

/** Stores a whole project. @returns its id. @throws WorkbenchError `conflict` when the name is taken. */
export function insertReviewProject(database: WriteDatabase, project: NewReviewProject): number {
  return database.transaction(() => {
    refuseTakenReviewName(database, project.name)
    const { lastInsertRowid: id } = database
      .change(
        'INSERT INTO review_projects (name, strategy, seed, length, origin, simulated, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        project.name,
        project.strategy,
        project.seed,
        project.length,
        JSON.stringify(project.origin),
        project.simulated ? 1 : 0,
        new Date().toISOString(),
      )
    const insert = database.change(
      'INSERT INTO review_sequences (project, position, user, events, content) VALUES (?, ?, ?, ?, ?)',
    )
    for (const [position, sequence] of project.sequences.entries()) {
      insert.run(id, position, sequence.user, sequence.events.length, JSON.stringify(sequence))
    }
    writeLabels(
      database,
      id,
      1,
      project.labels.map((label, index) => ({ ...label, id: index + 1, retired: false })),
    )
    for (const name of new Set(project.reviewers)) {
      database
        .change(
          `INSERT INTO review_reviewers (project, name, role, schema_version, named) VALUES (?, ?, 'reviewer', 1, 1)`,
        )
        .run(id, name)
    }
    return id
  })
}

/** @throws WorkbenchError `conflict` when there is a project of this name. */
export function refuseTakenReviewName(database: ReadDatabase, name: string): void {
  if (database.query('SELECT 1 FROM review_projects WHERE name = ?').get(name) === undefined) return
  throw new WorkbenchError('conflict', phrase`There is a review named "${name}" already.`, phrase`Choose another name.`)
}

/** Removes a project with everything in it. @returns its name. @throws WorkbenchError `not-found`. */
export function deleteReviewProject(database: WriteDatabase, id: number): string {
  return database.transaction(() => {
    const { name } = requireRow(database, id)
    database.change('DELETE FROM review_projects WHERE id = ?').run(id)
    return name
  })
}

/** The id of a project by its name, or else by its id. @throws WorkbenchError `not-found` that lists the projects there are. */
export function findReviewProject(database: ReadDatabase, nameOrId: string): number {
  const all = database.query<{ id: number; name: string }>('SELECT id, name FROM review_projects ORDER BY id').all()
  const found = all.find(({ name }) => name === nameOrId) ?? all.find(({ id }) => String(id) === nameOrId)
  if (found !== undefined) return found.id
  throw new WorkbenchError(
    'not-found',
    phrase`There is no review ${nameOrId}.`,
    all.length === 0
      ? phrase`Make one on the page Review.`
      : phrase`Reviews: ${all.map(({ id, name }) => `${id} ${name}`)}.`,
  )
}

/** Whether this project is still there. */
export function hasReviewProject(database: ReadDatabase, { id, name }: Pick<ReviewProject, 'id' | 'name'>): boolean {
  return database.query('SELECT 1 FROM review_projects WHERE id = ? AND name = ?').get(id, name) !== undefined
}

/** All projects, the newest first. */
export function listReviewProjects(database: ReadDatabase): ReviewProject[] {
  return database
    .query<ProjectRow>(`${selectProject} ORDER BY id DESC`)
    .all()
    .map((row) => toProject(database, row))
}

/** @throws WorkbenchError `not-found`. */
export function requireReviewProject(database: ReadDatabase, id: number): ReviewProject {
  return toProject(database, requireRow(database, id))
}

function requireRow(database: ReadDatabase, id: number): ProjectRow {
  const row = database.query<ProjectRow>(`${selectProject} WHERE id = ?`).get(id)
  if (row !== undefined) return row
  throw noReview(id)
}

/** The error of a number that no review has. */
export function noReview(id: number): WorkbenchError {
  return new WorkbenchError(
    'not-found',
    phrase`There is no review ${String(id)}.`,
    phrase`It may have been removed meanwhile.`,
  )
}

/** The version of a project's labels; undefined when there is no such project. */
export function findSchemaVersion(database: ReadDatabase, project: number): number | undefined {
  return database
    .query<{ schemaVersion: number }>('SELECT schema_version AS schemaVersion FROM review_projects WHERE id = ?')
    .get(project)?.schemaVersion
}

function toProject(database: ReadDatabase, row: ProjectRow): ReviewProject {
  const { count } = database
    .query<{ count: number }>('SELECT count(*) AS count FROM review_sequences WHERE project = ?')
    .get(row.id)!
  const disputed = disagreeingPositions(database, row.id)
  const labels = readReviewLabels(database, row.id)
  const retired = labels.flatMap((label) => (label.retired ? [label.id] : []))
  const placed = retired.length === 0 ? new Set() : placedLabels(database, row.id)
  return {
    ...row,
    origin: storedJson<ReviewOrigin>(row.origin, phrase`the origin of review ${String(row.id)}`),
    simulated: row.simulated === 1,
    count,
    labels,
    retiredInUse: retired.filter((id) => placed.has(id)),
    reviewers: readProgress(database, row.id, count, disputed.length),
    disagreements: disputed.length,
    unresolved: disputed.filter(({ adjudicator }) => adjudicator === null).length,
  }
}

/** Progress of everybody who was named or has done something, from the index alone. */
export const progressSql = `SELECT r.name, r.role,
  coalesce(sum(d.state = 'accepted'), 0) AS accepted, coalesce(sum(d.state = 'skipped'), 0) AS skipped,
  coalesce(sum(d.flagged), 0) AS flagged, sum(iif(d.state = 'pending', 0, d.seconds)) AS seconds
FROM review_reviewers r LEFT JOIN review_decisions d ON d.project = r.project AND d.reviewer = r.name
WHERE r.project = ? AND (r.named = 1 OR r.version > 0) GROUP BY r.name ORDER BY r.role DESC, r.name`

function readProgress(database: ReadDatabase, project: number, count: number, disputed: number): ReviewerProgress[] {
  type Row = Pick<ReviewerProgress, 'name' | 'role' | 'accepted' | 'skipped' | 'flagged'> & { seconds: number | null }
  return database
    .query<Row>(progressSql)
    .all(project)
    .map(({ seconds, ...row }) => {
      const done = row.accepted + row.skipped
      // What was adjudicated stays done when reviewers come to agree later.
      const total = row.role === 'reviewer' ? count : Math.max(disputed, done)
      return { ...row, total, left: total - done, secondsPerSequence: done === 0 ? null : (seconds ?? 0) / done }
    })
}

/** Every label that the project ever had, those of its schema first. */
export function readReviewLabels(database: ReadDatabase, project: number): ReviewLabel[] {
  return database
    .query<Omit<ReviewLabel, 'retired'> & { retired: number }>(
      `SELECT id, name, scope, key, colour, description, behaviour, retired FROM review_labels
       WHERE project = ? ORDER BY retired, position`,
    )
    .all(project)
    .map((row) => ({ ...row, retired: row.retired === 1 }))
}

/** The labels of each version of the schema; version 0 stands for what was accepted before versions were kept. */
export function readLabelsOfVersions(database: ReadDatabase, project: number): Map<number, Set<number>> {
  const rows = database
    .query<{ version: number; label: number }>('SELECT version, label FROM review_schema_labels WHERE project = ?')
    .all(project)
  const versions = Map.groupBy(rows, ({ version }) => version)
  return new Map([...versions].map(([version, own]) => [version, new Set(own.map(({ label }) => label))]))
}

/** Replaces the labels, and keeps which of them this version of the schema has. */
function writeLabels(
  database: WriteDatabase,
  project: number,
  schemaVersion: number,
  labels: readonly ReviewLabel[],
): void {
  database.change('DELETE FROM review_labels WHERE project = ?').run(project)
  const insert = database.change(
    `INSERT INTO review_labels (project, id, position, name, scope, key, colour, description, behaviour, retired)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const keep = database.change('INSERT INTO review_schema_labels (project, version, label) VALUES (?, ?, ?)')
  for (const [position, { id, name, scope, key, colour, description, behaviour, retired }] of labels.entries()) {
    insert.run(project, id, position, name, scope, key, colour, description, behaviour, retired ? 1 : 0)
    if (!retired) keep.run(project, schemaVersion, id)
  }
}

/**
 * Replaces the schema of labels. Those that are left out are retired, and come back when they are named again; their ids stay what they were.
 * @throws WorkbenchError `not-found`, `conflict` when somebody changed the schema meanwhile or the scope of a label would change, `usage` for an id
 * that the schema does not have.
 */
export function replaceReviewLabels(
  database: WriteDatabase,
  project: number,
  schemaVersion: number,
  drafts: readonly LabelDraft[],
): void {
  database.transaction(() => {
    if (requireRow(database, project).schemaVersion !== schemaVersion) {
      throw new WorkbenchError(
        'conflict',
        phrase`The labels of this review were changed meanwhile, in another window or by somebody else.`,
        phrase`Load them again and repeat your change.`,
      )
    }
    const known = new Map(readReviewLabels(database, project).map((label) => [label.id, label]))
    let highest = Math.max(0, ...known.keys())
    const kept = drafts.map((draft) => {
      const id = draft.id ?? ++highest
      refuseChangedScope(draft, known.get(id))
      known.delete(id)
      return { ...draft, id, retired: false }
    })
    const retired = [...known.values()].map((label) => ({ ...label, retired: true }))
    writeLabels(database, project, schemaVersion + 1, [...kept, ...retired])
    database.change('UPDATE review_projects SET schema_version = ? WHERE id = ?').run(schemaVersion + 1, project)
  })
}

function refuseChangedScope(draft: LabelDraft, before: ReviewLabel | undefined): void {
  if (draft.id === undefined) return
  if (before === undefined) {
    throw new WorkbenchError(
      'usage',
      phrase`The schema has no label ${String(draft.id)}, or it is named twice.`,
      phrase`Leave out the id of a new label.`,
    )
  }
  if (before.scope === draft.scope) return
  throw new WorkbenchError(
    'conflict',
    phrase`The label "${before.name}" is for ${scopeWords[before.scope]}, and what is labelled with it stays that.`,
    phrase`Take it out of the schema and make a new label.`,
  )
}

/** One sequence of a queue. @throws WorkbenchError `not-found`. */
export function readReviewSequence(database: ReadDatabase, project: number, position: number): ReviewSequence {
  const row = database
    .query<{ content: string }>('SELECT content FROM review_sequences WHERE project = ? AND position = ?')
    .get(project, position)
  if (row !== undefined) {
    const what = phrase`sequence ${position + 1} of review ${String(project)}`
    return { ...storedJson<Omit<ReviewSequence, 'position'>>(row.content, what), position }
  }
  requireRow(database, project)
  throw new WorkbenchError('not-found', phrase`The queue has no sequence number ${position + 1}.`)
}

/** How many events each sequence of a queue has, in its order. */
export function sequenceLengths(database: ReadDatabase, project: number): number[] {
  return database
    .query<{ events: number }>('SELECT events FROM review_sequences WHERE project = ? ORDER BY position')
    .all(project)
    .map(({ events }) => events)
}
