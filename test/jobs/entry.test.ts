import { expect, onTestFinished, test, vi } from 'vitest'
import { JobEntry } from '../../src/main/jobs/entry.ts'
import { findJob } from '../../src/main/storage/jobs.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { phrase } from '../../src/shared/phrase.ts'
import { temporaryFolder } from '../support/folders.ts'

test('what a job says last before a long silence is seen by other processes', async () => {
  const folder = temporaryFolder()
  using workspace = openWorkspace(folder, { mode: 'write', create: true })
  const entry = JobEntry.open(folder, 'train', {})
  onTestFinished(() => entry.close())
  entry.progress({ stage: phrase`training`, done: 1, total: 2, unit: 'steps' })
  entry.progress({ stage: phrase`training`, done: 2, total: 2, unit: 'steps' })
  // A validation may take minutes, in which nothing else is said.
  entry.progress({ stage: phrase`validating`, done: 2, total: 2, unit: 'steps' })
  const shown = () => findJob(workspace.database, entry.id).progress
  expect(shown()).toMatchObject({ stage: phrase`training`, done: 1 })
  await vi.waitFor(() => expect(shown()).toMatchObject({ stage: phrase`validating`, done: 2 }), 5_000)
})
