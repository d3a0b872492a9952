import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { acquireLock } from '../../src/main/storage/locks.ts'
import {
  appendRunHistory,
  findRun,
  insertRun,
  listRuns,
  markRunEnded,
  markRunRunning,
  readRunCurves,
  readRunHistory,
  runLock,
  truncateRunHistory,
} from '../../src/main/storage/runs.ts'
import { phrase } from '../../src/shared/phrase.ts'
import type { RunHistory } from '../../src/shared/runs.ts'
import { createLogWorkspace, type LogWorkspace } from '../support/log-workspace.ts'

let log: LogWorkspace
beforeEach(() => {
  log = createLogWorkspace()
})
afterEach(() => log[Symbol.dispose]())

function insert(id: string, name = `run ${id}`) {
  insertRun(log.workspace.database, {
    id,
    name,
    dataset: 'd',
    objective: 'dro-kl',
    device: 'cpu',
    parameterCount: 100,
    totalSteps: 20,
    selectBy: 'nll',
    createdAt: `2025-01-0${id}T00:00:00.000Z`,
  })
}

const rowsOf = (steps: readonly number[]): RunHistory => ({
  steps: steps.map((step) => ({ step, loss: 1 / step, learningRate: 1e-3, gradientNorm: 2, tokensPerSecond: 1000 })),
  groups: steps.map((step) => ({ step, name: 'tail', loss: step === 1 ? null : 3, weight: 1.5 })),
  validations: steps
    .filter((step) => step % 2 === 0)
    .map((step) => ({ step, nll: 1, accuracy: 0.5, macroRecall: 0.25, targets: 10 })),
  headSteps: steps.flatMap((step) => [
    { step, head: 'gap', loss: 2 / step },
    { step, head: 'location', loss: 4 / step },
  ]),
  headValidations: steps
    .filter((step) => step % 2 === 0)
    .map((step) => ({ step, head: 'gap', nll: 2, accuracy: 0.125 })),
})

describe('the list of runs', () => {
  test('is newest first; a run is found by id or name', () => {
    insert('1')
    insert('2')
    const { database } = log.workspace
    expect(listRuns(database).map(({ id }) => id)).toEqual(['2', '1'])
    expect(findRun(database, '1')).toEqual(findRun(database, 'run 1'))
    expect(findRun(database, '1')).toMatchObject({
      step: 0,
      totalSteps: 20,
      bestValue: null,
      bestStep: null,
      error: null,
    })
  })

  test('knows each name once, and no name that is the id of another run', () => {
    insert('1')
    expect(() => insert('2', 'run 1')).toThrow(expect.objectContaining({ code: 'conflict' }))
    expect(() => insert('2', '1')).toThrow(expect.objectContaining({ code: 'conflict' }))
    expect(() => findRun(log.workspace.database, 'x')).toThrow(
      expect.objectContaining({ code: 'not-found', hint: 'The latest runs: run 1.' }),
    )
  })

  test('says "running" only while a process holds the run, else "interrupted", until it is said how it ended', () => {
    insert('1')
    const { database } = log.workspace
    expect(findRun(database, '1').status).toBe('interrupted')
    {
      using _lock = acquireLock(database, runLock('1'), phrase`training`)
      expect(findRun(database, '1').status).toBe('running')
    }
    markRunEnded(database, '1', 'diverged', { code: 'diverged', message: phrase`Training diverged.` })
    expect(findRun(database, '1')).toMatchObject({ status: 'diverged', error: { message: phrase`Training diverged.` } })
    markRunRunning(database, '1')
    expect(findRun(database, '1')).toMatchObject({ status: 'interrupted', error: null })
  })
})

describe('the history of a run', () => {
  test('comes back as it was written, in the order of the steps, apart from other runs', () => {
    insert('1')
    insert('2')
    const { database } = log.workspace
    appendRunHistory(database, '1', { step: 3, best: { value: 1, step: 2 }, rows: rowsOf([1, 2, 3]) })
    appendRunHistory(database, '2', { step: 1, best: null, rows: rowsOf([1]) })
    expect(readRunHistory(database, '1')).toEqual(rowsOf([1, 2, 3]))
    expect(findRun(database, '1')).toMatchObject({ step: 3, bestValue: 1, bestStep: 2 })
  })

  test('is cut at the step that a run is resumed from', () => {
    insert('1')
    const { database } = log.workspace
    appendRunHistory(database, '1', { step: 6, best: { value: 1, step: 6 }, rows: rowsOf([1, 2, 3, 4, 5, 6]) })
    truncateRunHistory(database, '1', 4, { value: 2, step: 2 })
    expect(readRunHistory(database, '1')).toEqual(rowsOf([1, 2, 3, 4]))
    expect(findRun(database, '1')).toMatchObject({ step: 4, bestValue: 2, bestStep: 2 })
  })

  test('is read along its primary key, without sorting', () => {
    for (const table of ['run_steps', 'run_groups', 'run_validations', 'run_head_steps', 'run_head_validations']) {
      const plan = log.workspace.database
        .query<{ detail: string }>(`EXPLAIN QUERY PLAN SELECT * FROM ${table} WHERE run = ? ORDER BY step`)
        .all('1')
        .map(({ detail }) => detail)
      expect(plan).toEqual([`SEARCH ${table} USING PRIMARY KEY (run=?)`])
    }
  })
})

describe('the curves of a run', () => {
  const steps = Array.from({ length: 20 }, (_, index) => index + 1)
  const curves = (since: number, points: number) =>
    readRunCurves(log.workspace.database, { id: '1', totalSteps: 20 }, { since, points })

  beforeEach(() => {
    insert('1')
    appendRunHistory(log.workspace.database, '1', { step: 20, best: null, rows: rowsOf(steps) })
  })

  test('are every step where a chart has room for them', () => {
    const { width, steps: found } = curves(0, 20)
    expect(width).toBe(1)
    expect(found.map(({ from, to }) => [from, to])).toEqual(steps.map((step) => [step, step]))
    expect(found[3]).toEqual({
      from: 4,
      to: 4,
      loss: 1 / 4,
      lowest: 1 / 4,
      highest: 1 / 4,
      learningRate: 1e-3,
      gradientNorm: 2,
      tokensPerSecond: 1000,
    })
  })

  test('are means with their range over as many steps as needed otherwise', () => {
    const { width, steps: found, groups, validations, headSteps, headValidations } = curves(0, 6)
    expect(width).toBe(4)
    expect(found).toHaveLength(5)
    expect(found[1]).toMatchObject({ from: 5, to: 8, lowest: 1 / 8, highest: 1 / 5 })
    expect(found[1].loss).toBeCloseTo((1 / 5 + 1 / 6 + 1 / 7 + 1 / 8) / 4, 12)
    expect(groups.map(({ step, name, loss }) => [step, name, loss])).toEqual(
      [4, 8, 12, 16, 20].map((step) => [step, 'tail', 3]),
    )
    expect(validations).toHaveLength(10)
    expect(headSteps).toHaveLength(10)
    expect(headSteps[2]).toMatchObject({ step: 8, head: 'gap' })
    expect(headSteps[2].loss).toBeCloseTo((2 / 5 + 2 / 6 + 2 / 7 + 2 / 8) / 4, 12)
    expect(headValidations).toHaveLength(10)
  })

  test('go on from the bucket of a step, which may have been incomplete', () => {
    const all = curves(0, 6)
    expect(curves(9, 6).steps).toEqual(all.steps.slice(2))
    expect(curves(12, 6).steps).toEqual(all.steps.slice(2))
    expect(curves(13, 6).steps).toEqual(all.steps.slice(3))
  })
})
