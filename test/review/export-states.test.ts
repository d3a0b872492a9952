import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { exportLabels } from '../../src/main/review/export.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { temporaryFolder } from '../support/folders.ts'
import { createLogWorkspace, type LogWorkspace } from '../support/log-workspace.ts'
import { addReview, holiday, minute, personAt } from './support.ts'

async function exported({ workspace }: LogWorkspace, project: number): Promise<unknown[]> {
  const output = path.join(temporaryFolder(), 'labels.jsonl')
  await exportLabels(workspace, { project, format: 'jsonl', output }, silentContext)
  const lines = readFileSync(output, 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line))
}

test('a flag alone and a note alone are exported, also while nobody has accepted or skipped the sequence', async () => {
  using log = createLogWorkspace()
  const project = addReview(log.workspace.database)
  const ada = personAt(log.workspace.database, project, 'Ada')
  ada.does(0, { kind: 'flag', flagged: true })
  ada.does(1, { kind: 'note', note: 'two people?' })
  ada.does(2, { kind: 'note', note: 'nothing after all' })
  ada.does(2, { kind: 'note', note: '' })
  expect(await exported(log, project)).toMatchObject([
    { sequence: 1, state: 'pending', flagged: true, note: '', label: null },
    { sequence: 2, state: 'pending', flagged: false, note: 'two people?', label: null },
  ])
})

test('both ends of a label are told at the local time and as UTC', async () => {
  using log = createLogWorkspace()
  const sequences = [{ user: 'u', behaviours: ['a', 'b', 'c'], start: Date.UTC(2025, 0, 1), aheadOfUtc: 480 * minute }]
  const project = addReview(log.workspace.database, { sequences })
  personAt(log.workspace.database, project, 'Ada').accepts(0, [holiday, 1, 2])
  expect(await exported(log, project)).toMatchObject([
    {
      from: '2025-01-01T00:01:00',
      until: '2025-01-01T00:02:00',
      fromInstant: '2024-12-31T16:01:00.000Z',
      untilInstant: '2024-12-31T16:02:00.000Z',
    },
  ])
})
