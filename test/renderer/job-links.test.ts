import { describe, expect, test } from 'vitest'
import {
  jobFile,
  jobPlace,
  resumableRun,
  shownStatus,
  tellsOf,
  trainedRun,
} from '../../src/renderer/components/job-links.ts'
import type { JobRecord } from '../../src/shared/jobs.ts'
import type { RunStatus } from '../../src/shared/runs.ts'

const job = (kind: string, input: object, state: JobRecord['state'] = 'done'): JobRecord => ({
  id: 1,
  kind,
  input,
  state,
  pid: 1,
  progress: null,
  warnings: [],
  error: null,
  startedAt: '2024-01-01T00:00:00Z',
  updatedAt: '2024-01-01T00:00:00Z',
  finishedAt: null,
})
const names: Record<string, string> = { 'run-1': 'plain', 'run-2': 'robust', abc: 'phones' }
const nameOf = (id: string) => names[id] ?? id

describe('what came of a job', () => {
  test('is a page of a report, to be downloaded once it is written', () => {
    const input = { runs: ['run-1'], output: '/elsewhere/exports/plain, robust.html' }
    expect(jobFile(job('report-page', input))).toBe('plain, robust.html')
    expect(jobFile(job('report-page', input, 'running'))).toBeUndefined()
    expect(jobFile(job('export', { output: '/elsewhere/model.onnx' }))).toBeUndefined()
  })

  test('leads to its run by what the workbench knows it by', () => {
    expect(jobPlace(job('evaluate', { run: 'run-1' }))).toBe('/runs/run-1')
    expect(jobPlace(job('compare', { runs: ['run-1', 'run-2'] }))).toBe('/runs/compare?runs=run-1,run-2')
    expect(jobPlace(job('evaluate', { run: 'run-1' }, 'running'))).toBeUndefined()
  })

  test('leads to the review that was made, and to the list of them as long as it is not known there', () => {
    const made = job('create-review', { name: 'March' })
    expect(jobPlace(made, (name) => (name === 'March' ? 7 : undefined))).toBe('/review/7/overview')
    expect(jobPlace(made, () => undefined)).toBe('/review')
    expect(jobPlace(job('create-review', { name: 'March' }, 'running'), () => 7)).toBeUndefined()
  })

  test('is no run to resume before a training has a name', () => {
    expect(trainedRun(job('train', { dataset: 'abc' }))).toBeUndefined()
    expect(trainedRun(job('train', { dataset: 'abc', name: 'mine' }))).toBe('mine')
    expect(trainedRun(job('resume-training', { run: 'run-1' }))).toBe('run-1')
  })
})

describe('what a run does', () => {
  const run = { id: 'run-2', name: 'robust', status: 'paused' } as const

  test('is what the job does that takes it up again, by its id or its name', () => {
    expect(shownStatus(run, [job('resume-training', { run: 'run-2' }, 'queued')])).toBe('queued')
    expect(shownStatus(run, [job('resume-training', { run: 'robust' }, 'running')])).toBe('running')
  })

  test('is how it was left where nothing trains it', () => {
    const others = [job('evaluate', { run: 'run-2' }, 'running'), job('train', { name: 'plain' }, 'queued')]
    expect(shownStatus(run, others)).toBe('paused')
    expect(shownStatus(run, [job('resume-training', { run: 'run-2' }, 'cancelled')])).toBe('paused')
  })
})

test('a page tells itself of the work that is begun or watched there, and of no other', () => {
  const at = (path: string) => ({ path, params: {} })
  const watching = (run: string) => ({ path: `/train/${encodeURIComponent(run)}`, params: { run } })
  const training = job('resume-training', { run: 'run-2' }, 'failed')
  expect(tellsOf(watching('run-2'), training, nameOf)).toBe(true)
  expect(tellsOf(watching('robust'), training, nameOf)).toBe(true)
  expect(tellsOf(watching('plain'), training, nameOf)).toBe(false)
  expect(tellsOf(at('/train'), training, nameOf)).toBe(false)
  expect(tellsOf(watching('my run'), job('train', { name: 'my run' }, 'failed'))).toBe(true)
  expect(tellsOf(at('/logs/import'), job('import', { files: [] }, 'failed'))).toBe(true)
  expect(tellsOf(at('/logs'), job('import', { files: [] }, 'failed'))).toBe(false)
  expect(tellsOf(at('/logs/import'), job('build-dataset', {}, 'failed'))).toBe(false)
})

describe('a training that is listed can be taken up again', () => {
  const paused = { ...job('train', { name: 'robust' }, 'paused'), id: 1 }
  const resumed = { ...job('resume-training', { run: 'run-2' }, 'paused'), id: 2 }
  const run = (status: RunStatus) => [{ id: 'run-2', name: 'robust', status }]

  test('as long as its run has not ended, whatever became of the job itself', () => {
    expect(resumableRun(paused, [paused], run('paused'))).toBe('run-2')
    expect(resumableRun(paused, [paused], run('done'))).toBeUndefined()
    expect(resumableRun(paused, [paused], run('diverged'))).toBeUndefined()
    expect(resumableRun(paused, [paused], [])).toBeUndefined()
  })

  test('at its last entry only, and not while that one waits or runs', () => {
    expect(resumableRun(resumed, [resumed, paused], run('paused'))).toBe('run-2')
    expect(resumableRun(paused, [resumed, paused], run('paused'))).toBeUndefined()
    const waiting = { ...resumed, state: 'queued' as const }
    expect(resumableRun(waiting, [waiting, paused], run('paused'))).toBeUndefined()
    expect(resumableRun(paused, [waiting, paused], run('paused'))).toBeUndefined()
    // The list of runs may be of before its end.
    const ended = { ...resumed, state: 'done' as const }
    expect(resumableRun(ended, [ended, paused], run('paused'))).toBeUndefined()
  })
})
