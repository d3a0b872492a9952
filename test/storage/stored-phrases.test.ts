import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readDoctorReport } from '../../src/main/storage/doctor-report.ts'
import { addJobWarning, findJob, finishJob, insertJob, updateJobProgress } from '../../src/main/storage/jobs.ts'
import { acquireLock, lockHolder } from '../../src/main/storage/locks.ts'
import { readRejects, rejectReasons, selectRejects } from '../../src/main/storage/rejects.ts'
import { findRun } from '../../src/main/storage/runs.ts'
import { phrase, render } from '../../src/shared/phrase.ts'
import { createLogWorkspace } from '../support/log-workspace.ts'

/** A phrase that no version ever translated: its text is its template. */
const asItWas = (template: string) => ({ template, values: [] })

test('what a job says comes back as phrases', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const id = insertJob(database, 'train', {})
  const error = { code: 'input', message: phrase`line ${3} is wrong`, hint: phrase`repair it` } as const
  const progress = { stage: phrase`reading ${'a.csv'}`, done: 1, unit: 'rows' } as const
  addJobWarning(database, id, phrase`${2} rows`)
  addJobWarning(database, id, phrase`of ${phrase`two`} files`)
  updateJobProgress(database, id, progress)
  finishJob(database, id, 'failed', { error })
  expect(findJob(database, id)).toMatchObject({
    warnings: [phrase`${2} rows`, phrase`of ${phrase`two`} files`],
    progress,
    error,
  })
})

test('a workspace of before there were phrases is read, and its texts are as they were', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const id = insertJob(database, 'train', {})
  database
    .change('UPDATE jobs SET warnings = ?, progress = ?, error = ? WHERE id = ?')
    .run(
      '["Device: cpu, as asked."]',
      '{"stage":"reading a.csv","done":1,"unit":"rows"}',
      '{"code":"input","message":"The file {0} is empty.","hint":"Give another."}',
      id,
    )
  expect(findJob(database, id)).toMatchObject({
    warnings: [asItWas('Device: cpu, as asked.')],
    progress: { stage: asItWas('reading a.csv'), done: 1, unit: 'rows' },
    error: { code: 'input', message: asItWas('The file {0} is empty.'), hint: asItWas('Give another.') },
  })
  expect(render(findJob(database, id).error!.message)).toBe('The file {0} is empty.')

  const dataset = log.addSource('log', [])
  database
    .change(
      `INSERT INTO runs (id, name, dataset, objective, device, parameter_count, status, total_steps, select_by, error, created_at, updated_at)
       VALUES ('r', 'run', ?, 'ce', 'cpu', 1, 'diverged', 1, 'nll', '{"code":"diverged","message":"Training diverged."}', '', '')`,
    )
    .run(String(dataset))
  expect(findRun(database, 'run').error).toEqual({ code: 'diverged', message: asItWas('Training diverged.') })

  database
    .change('INSERT INTO rejects (source, position, file, line, field, reason, raw) VALUES (?, 0, ?, 2, ?, ?, ?)')
    .run(dataset, 'a.csv', '', '2 fields where the header has 4', 'u,x')
  const reject = { file: 'a.csv', line: 2, field: '', reason: asItWas('2 fields where the header has 4'), raw: 'u,x' }
  expect([...readRejects(database, dataset)]).toEqual([reject])
  expect(rejectReasons(database, dataset, 5)).toEqual([{ reason: reject.reason, rejects: 1 }])
  const chosen = selectRejects(database, dataset, { reason: reject.reason.template, offset: 0, limit: 9 })
  expect(chosen).toEqual([reject])

  using _lock = acquireLock(database, 'logs', phrase`importing ${['a.csv']}`)
  database.change(`UPDATE locks SET purpose = 'importing a.csv'`).run()
  expect(lockHolder(database, 'logs')?.purpose).toEqual(asItWas('importing a.csv'))

  const { directory } = log.workspace
  const probedAt = '2026-01-02T03:04:05.000Z'
  const finding = { device: 'dml', works: false, reason: 'It has no provider.', remedy: 'Use webgpu.' }
  const several = { stepsPerCall: 10, works: false, reason: 'It fails.' }
  const working = { device: 'cpu', works: true, reason: 'It trains.', severalSteps: several }
  writeFileSync(
    path.join(directory, 'doctor.json'),
    JSON.stringify({ machine: 'm', probedAt, devices: [finding, working] }),
  )
  expect(readDoctorReport(directory)?.devices).toEqual([
    { ...finding, probedAt, reason: asItWas('It has no provider.'), remedy: asItWas('Use webgpu.') },
    { ...working, probedAt, reason: asItWas('It trains.'), severalSteps: { ...several, reason: asItWas('It fails.') } },
  ])
})
