import { expect, onTestFinished, test } from 'vitest'
import { jobKinds } from '../../src/main/jobs/registry.ts'
import { openPageHost } from '../../src/main/page-host.ts'
import { insertRun } from '../../src/main/storage/runs.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { phrases } from '../../src/renderer/locales/zh-CN/phrases/index.ts'
import { jobSubject, jobTitle } from '../../src/shared/job-titles.ts'
import type { JobRecord } from '../../src/shared/jobs.ts'
import { render } from '../../src/shared/phrase.ts'
import { temporaryFolder } from '../support/folders.ts'

const names: Record<string, string> = { 'run-1': 'plain', 'run-2': 'robust', abc: 'phones' }
const nameOf = (id: string) => names[id] ?? id
const subject = (kind: string, input: object) => jobSubject({ kind, input }, nameOf)
const title = (kind: string, input: object) => render(jobTitle({ kind, input }, nameOf))

test('what a job works on is said by name, also where runs and datasets were asked for by id', () => {
  expect(subject('evaluate', { run: 'run-1' })).toBe('plain')
  expect(subject('compare', { runs: ['run-1', 'robust'] })).toBe('plain, robust')
  expect(subject('report-page', { runs: [{ run: 'run-1' }, { run: 'robust', adjustment: 1 }] })).toBe('plain, robust')
  expect(subject('train', { dataset: 'abc' })).toBe('phones')
  expect(subject('train', { dataset: 'abc', name: 'run-1 again' })).toBe('run-1 again')
  expect(subject('create-review', { dataset: 'abc', run: 'run-1', name: 'March' })).toBe('March')
})

test('it is the files of an import, and nothing where there is no one subject', () => {
  expect(subject('import', { files: ['/logs/a.csv', 'C:\\logs\\b.csv'] })).toBe('a.csv, b.csv')
  expect(subject('export-events', { sources: ['phones', 'watches'] })).toBe('phones, watches')
  expect(subject('predict', {})).toBeUndefined()
})

test('a training says which run learns from which dataset, as far as either is known', () => {
  expect(title('train', { name: 'ce-2', dataset: 'abc' })).toBe('Training ce-2 on the dataset phones')
  expect(title('train', { dataset: 'abc' })).toBe('Training on the dataset phones')
  expect(title('train', { dataset: 'abc', objective: { name: 'dro-kl' } })).toBe(
    'Training with dro-kl on the dataset phones',
  )
  expect(title('resume-training', { run: 'run-1' })).toBe('Training plain, resumed')
})

test('every kind of work that is listed says what it works on, in every language', () => {
  const listed = Object.entries(jobKinds).filter(([, { mode }]) => mode === 'write')
  for (const [kind] of listed) {
    const { template, values } = jobTitle({ kind, input: { source: 'phones' } })
    const expected = kind === 'create-review' ? [] : ['phones']
    expect({ kind, values }).toEqual({ kind, values: expected })
    expect(phrases, kind).toHaveProperty([template])
  }
})

test('a host finds the names of runs and datasets in its workspace', async () => {
  const directory = temporaryFolder()
  {
    using workspace = openWorkspace(directory, { mode: 'write', create: true })
    insertRun(workspace.database, {
      id: '20250101-abc',
      name: 'ce-2',
      dataset: 'd1',
      objective: 'ce',
      device: 'cpu',
      parameterCount: 1,
      totalSteps: 1,
      selectBy: 'nll',
      createdAt: '2025-01-01T00:00:00Z',
    })
    workspace.database.execute(`
      INSERT INTO datasets (id, content_hash, configuration, counts, simulated, created_at) VALUES ('d1', 'h', '{}', '{}', 0, '2025-01-01');
      INSERT INTO dataset_names (dataset, name) VALUES ('d1', 'phones')`)
  }
  const host = openPageHost(directory, { kind: 'desktop' })
  onTestFinished(() => host.close())
  const said = (kind: string, input: object) => render(host.titleOf({ kind, input } as JobRecord))
  expect(said('evaluate', { run: '20250101-abc' })).toBe('Evaluation of ce-2')
  expect(said('train', { name: 'ce-3', dataset: 'd1' })).toBe('Training ce-3 on the dataset phones')
  expect(said('evaluate', { run: 'gone' })).toBe('Evaluation of gone')
})

test('names of a great many files leave room for the rest, and work of another version is said by its name', () => {
  const files = Array.from({ length: 100 }, (_, index) => `part-${index}.csv`)
  expect(title('import', { files }).length).toBeLessThan(250)
  expect(title('dream', {})).toBe('dream')
  expect(title('dream', { run: 'run-1' })).toBe('dream plain')
})
