import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findEvaluation, listEvaluations, saveEvaluation } from '../../src/main/storage/evaluations.ts'
import { insertRun } from '../../src/main/storage/runs.ts'
import type { EvaluationResult } from '../../src/shared/evaluation.ts'
import { createLogWorkspace, type LogWorkspace } from '../support/log-workspace.ts'
import { reportFixture } from './report-fixture.ts'

describe('stored evaluations', () => {
  let log: LogWorkspace
  let result: EvaluationResult

  beforeEach(async () => {
    log = createLogWorkspace()
    const fixture = await reportFixture({ classes: 5, users: 10, events: 20, samples: 100 })
    result = fixture.inputs[0].evaluation
    for (const id of [result.run.id, 'other']) {
      insertRun(log.workspace.database, {
        id,
        name: `named ${id}`,
        dataset: 'd',
        objective: 'ce',
        device: 'cpu',
        parameterCount: 1,
        totalSteps: 1,
        selectBy: 'nll',
        createdAt: '2025-01-01T00:00:00.000Z',
      })
    }
  })
  afterEach(() => log[Symbol.dispose]())

  it('are found by run, split, checkpoint, rule and adjustment, and by nothing less', () => {
    const { database } = log.workspace
    saveEvaluation(database, result)
    expect(findEvaluation(database, result.run.id, result)).toEqual(JSON.parse(JSON.stringify(result)))
    const others = [{ split: 'valid' }, { checkpoint: 'last' }, { rule: 'percent' }, { adjustment: 0.25 }] as const
    for (const change of others) {
      expect(findEvaluation(database, result.run.id, { ...result, ...change })).toBeUndefined()
    }
    expect(findEvaluation(database, 'other', result)).toBeUndefined()
  })

  it('give way to a newer one of the same kind, and are listed newest first', () => {
    const { database } = log.workspace
    saveEvaluation(database, { ...result, accuracy: 0.1 })
    saveEvaluation(database, { ...result, accuracy: 0.2, createdAt: '2025-02-01T00:00:00.000Z' })
    saveEvaluation(database, { ...result, adjustment: 1, accuracy: 0.3, createdAt: '2025-03-01T00:00:00.000Z' })
    expect(listEvaluations(database).map(({ accuracy }) => accuracy)).toEqual([0.3, 0.2])
    expect(listEvaluations(database, 'other')).toEqual([])
  })

  it('go with their run', () => {
    const { database } = log.workspace
    saveEvaluation(database, result)
    database.change('DELETE FROM runs WHERE id = ?').run(result.run.id)
    expect(listEvaluations(database)).toEqual([])
  })

  it('say so when they cannot be read', () => {
    const { database } = log.workspace
    saveEvaluation(database, result)
    database.execute(`UPDATE evaluations SET result = '{"accuracy":'`)
    expect(() => listEvaluations(database)).toThrow(expect.objectContaining({ code: 'corrupt' }))
  })

  it('are looked up by key and by run, never by scanning', () => {
    const plan = (sql: string) =>
      log.workspace.database
        .query<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail)
        .join('; ')
    const where = "run = 'a' AND split = 'test' AND checkpoint = 'best' AND rule = 'share' AND adjustment = 0"
    expect(plan(`SELECT result FROM evaluations WHERE ${where}`)).toMatch(/^SEARCH evaluations USING PRIMARY KEY/)
  })
})
