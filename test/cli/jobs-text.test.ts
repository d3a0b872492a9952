import { expect, test } from 'vitest'
import { jobCommands } from '../../src/main/cli/commands/jobs.ts'
import * as datasets from '../../src/main/procedures/datasets.ts'
import * as jobs from '../../src/main/procedures/jobs.ts'
import * as runs from '../../src/main/procedures/runs.ts'
import { silentContext } from '../../src/shared/progress.ts'

const job = {
  id: 3,
  kind: 'evaluate',
  input: { run: 'run-1' },
  state: 'interrupted',
  pid: 1,
  progress: null,
  warnings: [],
  error: null,
  startedAt: '2025-01-01T00:00:00Z',
  updatedAt: '2025-01-01T00:00:05Z',
  finishedAt: null,
}

/** What a command says in a workspace with this job, a run and a dataset. */
async function said(command: string, listed: object = job): Promise<string> {
  const answers = new Map<unknown, unknown>([
    [jobs.list, [listed]],
    [jobs.show, listed],
    [jobs.cancel, listed],
    [runs.list, [{ id: 'run-1', name: 'robust' }]],
    [datasets.list, [{ id: 'd1', names: ['phones'] }]],
  ])
  const workbench = { call: async (procedure: unknown) => answers.get(procedure) }
  const { run } = jobCommands.find(({ name }) => name === command)!
  return (await run(workbench as never, { id: 3 } as never, silentContext)).text
}

test('jobs are said by what they do and to what, by name, as on the page', async () => {
  expect(await said('jobs list')).toMatch(/^ *3 {2}Evaluation of robust {2}interrupted/m)
  expect(await said('jobs list')).toContain('Job 3 (Evaluation of robust) was interrupted')
  expect(await said('jobs show')).toMatch(/^what +Evaluation of robust\nkind +evaluate$/m)
  expect(await said('jobs cancel')).toBe('Asked job 3 (Evaluation of robust) to stop.')
  const training = { ...job, kind: 'train', input: { name: 'ce', dataset: 'd1' } }
  expect(await said('jobs list', training)).toContain('Training ce on the dataset phones')
})

test('names steer no terminal, and those of many files push no column away', async () => {
  const files = Array.from({ length: 30 }, (_, index) => `/logs/part-\u001b[2J${index}.csv`)
  const text = await said('jobs list', { ...job, kind: 'import', input: { files }, state: 'done' })
  expect(text).not.toContain('\u001b')
  expect(text.split('\n')[1]).toMatch(/^ *3 {2}Import of part-.{1,46}… {2}done/)
})
