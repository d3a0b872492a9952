import { existsSync, readdirSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { removeDatasetAndRuns, removeUnusedRun } from '../../src/main/jobs/removal.ts'
import { kindWord } from '../../src/main/jobs/words.ts'
import { listDatasets } from '../../src/main/storage/datasets.ts'
import { finishJob, insertJob } from '../../src/main/storage/jobs.ts'
import { listRuns } from '../../src/main/storage/runs.ts'
import { trainRun } from '../../src/main/training/run.ts'
import { render } from '../../src/shared/phrase.ts'
import { silentContext } from '../../src/shared/progress.ts'
import type { LogWorkspace } from '../support/log-workspace.ts'
import { createTrainingWorkspace, smallRun } from '../training/training-workspace.ts'

let log: LogWorkspace
let run: string
beforeEach(async () => {
  log = await createTrainingWorkspace()
  run = (await trainRun(log.workspace, smallRun({ steps: 1 }), silentContext)).run
})
afterEach(() => log[Symbol.dispose]())

const removeDataset = (withRuns: boolean) =>
  removeDatasetAndRuns(log.workspace, { dataset: 'small', withRuns }, silentContext)

test('a dataset goes with its runs only where that is asked', async () => {
  await expect(removeDataset(false)).rejects.toMatchObject({ code: 'conflict' })
  expect(listRuns(log.workspace.database)).toHaveLength(1)
  expect(await removeDataset(true)).toMatchObject({ names: ['small'], runs: [{ id: run, name: 'run' }] })
  expect(listRuns(log.workspace.database)).toEqual([])
  expect(listDatasets(log.workspace.database)).toEqual([])
  expect(readdirSync(log.workspace.runs)).toEqual([])
  expect(readdirSync(log.workspace.datasets)).toEqual([])
})

test('a run that a running job names is kept, and so is its dataset', async () => {
  const { database, runs } = log.workspace
  for (const [kind, input] of [
    ['evaluate', { run: 'run' }],
    ['export', { run }],
    ['compare', { runs: ['another', { run: 'run', adjustment: 0.5 }] }],
  ] as const) {
    const job = insertJob(database, kind, input)
    const refusal = { code: 'locked', message: expect.stringContaining(`Job ${job} (${render(kindWord(kind))})`) }
    await expect(removeUnusedRun(log.workspace, 'run'), kind).rejects.toMatchObject(refusal)
    await expect(removeDataset(true), kind).rejects.toMatchObject(refusal)
    finishJob(database, job, 'done')
  }
  expect(existsSync(`${runs}/${run}/checkpoints/last`)).toBe(true)
  insertJob(database, 'evaluate', { run: 'another' })
  await removeUnusedRun(log.workspace, 'run')
  expect(listRuns(database)).toEqual([])
})
