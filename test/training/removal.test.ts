import { existsSync, readdirSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { acquireLock } from '../../src/main/storage/locks.ts'
import { listRuns, runLock } from '../../src/main/storage/runs.ts'
import { appendScores, beginScoring, publishScoring, scoresLock } from '../../src/main/storage/scores.ts'
import { removeRun } from '../../src/main/training/removal.ts'
import { trainRun } from '../../src/main/training/run.ts'
import { phrase } from '../../src/shared/phrase.ts'
import { silentContext } from '../../src/shared/progress.ts'
import type { LogWorkspace } from '../support/log-workspace.ts'
import { createTrainingWorkspace, smallRun } from './training-workspace.ts'

let log: LogWorkspace
beforeEach(async () => {
  log = await createTrainingWorkspace()
})
afterEach(() => log[Symbol.dispose]())

/** A run of two steps with its scores of one user; its id. */
async function scoredRun(name: string): Promise<string> {
  const { database } = log.workspace
  const { run } = await trainRun(log.workspace, smallRun({ name, steps: 2, evaluateEvery: 1 }), silentContext)
  const scoring = beginScoring(database, { run, checkpoint: 'best', top: 1, targetTime: null }, ['eat'])
  appendScores(database, scoring, 0, [
    { user: 'somebody', events: 1, classes: [0], probabilities: [1], heads: { gap: { value: '3', probability: 1 } } },
  ])
  publishScoring(database, scoring, 1)
  return run
}

/** How many rows every table of runs and scores has. */
function rows(): Record<string, number> {
  const tables = [
    'runs',
    'run_steps',
    'run_groups',
    'run_validations',
    'run_head_steps',
    'run_head_validations',
    'evaluations',
    'scorings',
    'scored_users',
    'scores',
  ]
  const count = (table: string) =>
    log.workspace.database.query<{ rows: number }>(`SELECT count(*) AS rows FROM ${table}`).get()!.rows
  return Object.fromEntries(tables.map((table) => [table, count(table)]))
}

test('a removed run leaves nothing, and other runs as they were', async () => {
  const kept = await scoredRun('kept')
  const before = rows()
  const removed = await scoredRun('removed')
  expect(await removeRun(log.workspace, 'removed')).toMatchObject({ id: removed, name: 'removed', status: 'done' })
  expect(rows()).toEqual(before)
  expect(listRuns(log.workspace.database).map(({ id }) => id)).toEqual([kept])
  expect(readdirSync(log.workspace.runs)).toEqual([kept])
  await expect(removeRun(log.workspace, 'removed')).rejects.toMatchObject({ code: 'not-found' })
})

test('a run that a process trains or scores with is kept', async () => {
  const run = await scoredRun('run')
  const before = rows()
  for (const name of [runLock(run), scoresLock(run)]) {
    using _user = acquireLock(log.workspace.database, name, phrase`working with the run "run"`)
    await expect(removeRun(log.workspace, 'run')).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining(`Process ${process.pid} is working with the run "run"`),
    })
  }
  expect(rows()).toEqual(before)
  expect(existsSync(log.workspace.runs)).toBe(true)
  await removeRun(log.workspace, run)
})
