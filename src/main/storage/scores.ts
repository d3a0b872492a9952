import type { ExtraHead } from '../../shared/heads.ts'
import type { ReadDatabase, WriteDatabase } from './database.ts'
import { readySources, resolveSources } from './sources.ts'

/** A finished scoring: what a run predicted for the users of the log. */
export interface Scoring {
  id: number
  run: string
  checkpoint: string
  top: number
  targetTime: string | null
  users: number
  /** ISO-8601, UTC. */
  createdAt: string
}

/** What the scores of one user look like before they are stored: class ids and probabilities, most probable first. */
export interface UserScores {
  user: string
  /** Events of the history that was scored. */
  events: number
  classes: readonly number[]
  probabilities: readonly number[]
  /** The most probable class of each extra head of the run: a location's name, empty for elsewhere or unknown, and the number of a bucket. */
  heads: Readonly<Partial<Record<ExtraHead, { value: string; probability: number }>>>
}

/** A stored score with its names. */
export interface StoredScore {
  user: string
  /** 1 is the most probable. */
  rank: number
  behaviour: string
  probability: number
  /** As of `UserScores`; null for runs without the head. */
  location: string | null
  locationProbability: number | null
  gap: string | null
  gapProbability: number | null
}

/** Name of the lock that a process holds while it scores users with a run. */
export const scoresLock = (run: string) => `scores:${run}`

/**
 * Begins a scoring that nobody sees until `publishScoring`. What an earlier attempt for the same run left unfinished is removed: the caller holds the lock
 * `scoresLock`.
 * @returns its id.
 */
export function beginScoring(
  database: WriteDatabase,
  scoring: Pick<Scoring, 'run' | 'checkpoint' | 'top' | 'targetTime'>,
  behaviours: readonly string[],
): number {
  for (const { id } of database
    .query<{ id: number }>(`SELECT id FROM scorings WHERE run = ? AND state = 'writing'`)
    .all(scoring.run)) {
    discardScoring(database, id)
  }
  return database.transaction(() => {
    const id = database
      .change(
        `INSERT INTO scorings (run, checkpoint, top, target_time, state, created_at) VALUES (?, ?, ?, ?, 'writing', ?)`,
      )
      .run(scoring.run, scoring.checkpoint, scoring.top, scoring.targetTime, new Date().toISOString()).lastInsertRowid
    const insert = database.change('INSERT INTO scored_behaviours (scoring, class, name) VALUES (?, ?, ?)')
    for (const [index, name] of behaviours.entries()) insert.run(id, index, name)
    return id
  })
}

/** Adds the scores of some users in one transaction; `firstPosition` counts the users added before. */
export function appendScores(
  database: WriteDatabase,
  scoring: number,
  firstPosition: number,
  users: readonly UserScores[],
): void {
  const insertUser = database.change('INSERT INTO scored_users (scoring, position, name, events) VALUES (?, ?, ?, ?)')
  const insertScore = database.change(
    'INSERT INTO scores (scoring, user, rank, class, probability) VALUES (?, ?, ?, ?, ?)',
  )
  const insertHead = database.change(
    'INSERT INTO scored_heads (scoring, user, head, value, probability) VALUES (?, ?, ?, ?, ?)',
  )
  database.transaction(() => {
    for (const [index, { user, events, classes, probabilities, heads }] of users.entries()) {
      const position = firstPosition + index
      insertUser.run(scoring, position, user, events)
      for (const [place, id] of classes.entries()) {
        insertScore.run(scoring, position, place + 1, id, probabilities[place])
      }
      for (const [head, { value, probability }] of Object.entries(heads)) {
        insertHead.run(scoring, position, head, value, probability)
      }
    }
  })
}

/** Makes a complete scoring the run's scores, in one step; the earlier one disappears. */
export function publishScoring(database: WriteDatabase, scoring: number, users: number): void {
  const previous = database.transaction(() => {
    const { run } = database.query<{ run: string }>('SELECT run FROM scorings WHERE id = ?').get(scoring)!
    const replaced = database
      .query<{ id: number }>(`SELECT id FROM scorings WHERE run = ? AND state = 'ready'`)
      .get(run)
    if (replaced !== undefined) database.change(`UPDATE scorings SET state = 'writing' WHERE id = ?`).run(replaced.id)
    database.change(`UPDATE scorings SET state = 'ready', users = ? WHERE id = ?`).run(users, scoring)
    return replaced?.id
  })
  if (previous !== undefined) discardScoring(database, previous)
}

/** Users whose scores are removed in one transaction, so that other writers are not kept waiting. */
const removedAtOnce = 5000

/** Removes a scoring that is not, or no longer, the run's. */
export function discardScoring(database: WriteDatabase, scoring: number): void {
  const remove = database.change(
    'DELETE FROM scored_users WHERE scoring = ? AND position IN (SELECT position FROM scored_users WHERE scoring = ? LIMIT ?)',
  )
  while (remove.run(scoring, scoring, removedAtOnce).changes > 0);
  database.change('DELETE FROM scorings WHERE id = ?').run(scoring)
}

/** Removes everything that a run has scored; from the first moment nobody sees it. The caller holds the run's `scoresLock`. */
export function removeScorings(database: WriteDatabase, run: string): void {
  database.change(`UPDATE scorings SET state = 'writing' WHERE run = ?`).run(run)
  const scorings = database.query<{ id: number }>('SELECT id FROM scorings WHERE run = ?').all(run)
  for (const { id } of scorings) discardScoring(database, id)
}

/** The finished scoring of a run, if it was scored. */
export function findScoring(database: ReadDatabase, run: string): Scoring | undefined {
  return database
    .query<Scoring>(
      `SELECT id, run, checkpoint, top, target_time AS targetTime, users, created_at AS createdAt
       FROM scorings WHERE run = ? AND state = 'ready'`,
    )
    .get(run)
}

const scoreColumns = `u.name AS user, s.rank, b.name AS behaviour, s.probability, l.value AS location, l.probability AS locationProbability,
  g.value AS gap, g.probability AS gapProbability`
const scoreTables = `FROM scored_users u
  CROSS JOIN scores s ON s.scoring = u.scoring AND s.user = u.position
  CROSS JOIN scored_behaviours b ON b.scoring = s.scoring AND b.class = s.class
  LEFT JOIN scored_heads l ON l.scoring = u.scoring AND l.user = u.position AND l.head = 'location'
  LEFT JOIN scored_heads g ON g.scoring = u.scoring AND g.user = u.position AND g.head = 'gap'`

/** All scores of a scoring, finished or not, by user name and rank, in bounded memory. */
export function iterateScores(database: ReadDatabase, scoring: number): IterableIterator<StoredScore> {
  return database.iterate<StoredScore>(
    `SELECT ${scoreColumns} ${scoreTables} WHERE u.scoring = ? ORDER BY u.name, s.rank`,
    scoring,
  )
}

/** One user's scores by rank; empty when the user was not scored. */
export function scoresOfUser(database: ReadDatabase, scoring: number, user: string): StoredScore[] {
  return database
    .query<StoredScore>(`SELECT ${scoreColumns} ${scoreTables} WHERE u.scoring = ? AND u.name = ? ORDER BY s.rank`)
    .all(scoring, user)
}

/** How many users have events in these sources (names or ids; all when empty). */
export function countUsers(database: ReadDatabase, sources: readonly string[]): number {
  const resolved = sources.length > 0 ? resolveSources(database, sources) : readySources(database)
  const ids = resolved.map(({ id }) => id).join(', ')
  return database
    .query<{ users: number }>(`SELECT count(DISTINCT user) AS users FROM source_users WHERE source IN (${ids})`)
    .get()!.users
}
