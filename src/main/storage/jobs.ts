import { strict as assert } from 'node:assert'
import { type ErrorDocument, WorkbenchError } from '../../shared/errors.ts'
import type { Progress } from '../../shared/progress.ts'
import type { ReadDatabase, WriteDatabase } from './database.ts'
import { isRunning, thisProcess } from './processes.ts'

/** How a job's own process says that it ended. */
export const jobEnds = ['done', 'failed', 'cancelled', 'paused'] as const
export type JobEnd = (typeof jobEnds)[number]

/** `interrupted`: its process is gone without having said how it ended (killed, crashed, power cut). */
export type JobState = 'running' | 'interrupted' | JobEnd

/** One job of the workspace's list. Times are ISO-8601, UTC. */
export interface JobRecord {
  id: number
  kind: string
  input: unknown
  state: JobState
  /** Process that does or did the work. */
  pid: number
  progress: Progress | null
  warnings: string[]
  error: ErrorDocument | null
  startedAt: string
  updatedAt: string
  finishedAt: string | null
}

interface JobRow {
  id: number
  kind: string
  input: string
  state: 'running' | JobEnd
  pid: number
  process_started: string
  progress: string | null
  warnings: string
  error: string | null
  started_at: string
  updated_at: string
  finished_at: string | null
}

/** Ended jobs beyond this number are forgotten, oldest first. */
const keptJobs = 1000

/** Lists a job of this process as running; returns its number. */
export function insertJob(database: WriteDatabase, kind: string, input: unknown): number {
  const { pid, started } = thisProcess()
  const now = new Date().toISOString()
  return database.transaction(() => {
    const { lastInsertRowid } = database
      .change(
        `INSERT INTO jobs (kind, input, state, pid, process_started, started_at, updated_at)
         VALUES (?, ?, 'running', ?, ?, ?, ?)`,
      )
      .run(kind, JSON.stringify(input), pid, started, now, now)
    database.change(`DELETE FROM jobs WHERE id <= ? AND state <> 'running'`).run(lastInsertRowid - keptJobs)
    return lastInsertRowid
  })
}

export function updateJobProgress(database: WriteDatabase, id: number, progress: Progress): void {
  database
    .change('UPDATE jobs SET progress = ?, updated_at = ? WHERE id = ?')
    .run(JSON.stringify(progress), new Date().toISOString(), id)
}

export function addJobWarning(database: WriteDatabase, id: number, message: string): void {
  database
    .change(`UPDATE jobs SET warnings = json_insert(warnings, '$[#]', ?), updated_at = ? WHERE id = ?`)
    .run(message, new Date().toISOString(), id)
}

export function finishJob(database: WriteDatabase, id: number, end: JobEnd, error?: ErrorDocument): void {
  const now = new Date().toISOString()
  const { changes } = database
    .change('UPDATE jobs SET state = ?, error = ?, updated_at = ?, finished_at = ? WHERE id = ?')
    .run(end, error === undefined ? null : JSON.stringify(error), now, now, id)
  assert(changes === 1, `job ${id} is not listed`)
}

/** The newest jobs first. */
export function listJobs(database: ReadDatabase, limit = 50): JobRecord[] {
  return database.query<JobRow>('SELECT * FROM jobs ORDER BY id DESC LIMIT ?').all(limit).map(toRecord)
}

/** The jobs that a living process works on. */
export function listRunningJobs(database: ReadDatabase): JobRecord[] {
  const rows = database.query<JobRow>(`SELECT * FROM jobs WHERE state = 'running'`).all()
  return rows.map(toRecord).filter(({ state }) => state === 'running')
}

/** @throws WorkbenchError `not-found`. */
export function findJob(database: ReadDatabase, id: number): JobRecord {
  const row = database.query<JobRow>('SELECT * FROM jobs WHERE id = ?').get(id)
  if (row === undefined) {
    throw new WorkbenchError('not-found', `There is no job ${id} in this workspace.`, '`behavegpt jobs` lists them.')
  }
  return toRecord(row)
}

function toRecord(row: JobRow): JobRecord {
  const alive = isRunning({ pid: row.pid, started: row.process_started })
  return {
    id: row.id,
    kind: row.kind,
    input: JSON.parse(row.input),
    state: row.state === 'running' && !alive ? 'interrupted' : row.state,
    pid: row.pid,
    progress: row.progress === null ? null : JSON.parse(row.progress),
    warnings: JSON.parse(row.warnings),
    error: row.error === null ? null : JSON.parse(row.error),
    startedAt: row.started_at,
    updatedAt: row.updated_at,
    finishedAt: row.finished_at,
  }
}
