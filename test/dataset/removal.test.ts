import { existsSync, readdirSync, rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildDataset } from '../../src/main/dataset/build.ts'
import { removeDataset } from '../../src/main/dataset/removal.ts'
import { listDatasets } from '../../src/main/storage/datasets.ts'
import { acquireLock } from '../../src/main/storage/locks.ts'
import { insertRun } from '../../src/main/storage/runs.ts'
import { logsLock } from '../../src/main/storage/source-removal.ts'
import { phrase } from '../../src/shared/phrase.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { configure, createLogWorkspace, type LogWorkspace } from '../support/log-workspace.ts'

let log: LogWorkspace
beforeEach(() => {
  log = createLogWorkspace()
  const events = Array.from({ length: 40 }, (_, index) => ({
    user: `user ${index % 4}`,
    time: index * 3_600_000,
    behaviour: index % 3 ? 'walk' : 'eat',
  }))
  log.addSource('walks', events)
})
afterEach(() => log[Symbol.dispose]())

const build = (name: string, length = 8) => buildDataset(log.workspace, configure({ name, length }), silentContext)

test('a removed dataset leaves nothing, other datasets and the log stay, and building it again gives it back', async () => {
  const first = await build('first')
  const second = await build('second', 4)
  expect(await removeDataset(log.workspace, 'first')).toMatchObject({ id: first.id, names: ['first'] })
  expect(listDatasets(log.workspace.database).map(({ id }) => id)).toEqual([second.id])
  expect(readdirSync(log.workspace.datasets)).toEqual([second.id])
  await expect(removeDataset(log.workspace, 'first')).rejects.toMatchObject({ code: 'not-found' })
  expect(await build('first')).toEqual(first)
})

test('all its names go with it, also where its files are gone already', async () => {
  const { id, directory } = await build('first')
  await build('again')
  rmSync(directory, { recursive: true })
  expect(await removeDataset(log.workspace, id)).toMatchObject({ names: ['again', 'first'] })
  expect(listDatasets(log.workspace.database)).toEqual([])
})

test('a dataset that a run was trained on is kept, and the run is named', async () => {
  const { id, directory } = await build('first')
  insertRun(log.workspace.database, {
    id: '1',
    name: 'walker',
    dataset: id,
    objective: 'ce',
    device: 'cpu',
    parameterCount: 1,
    totalSteps: 1,
    selectBy: 'nll',
    createdAt: '2025-01-01T00:00:00.000Z',
  })
  await expect(removeDataset(log.workspace, 'first')).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('the run walker'),
    hint: expect.stringContaining('--with-runs'),
  })
  expect(existsSync(directory)).toBe(true)
  expect(listDatasets(log.workspace.database)).toHaveLength(1)
})

test('nothing is removed while another process imports or builds', async () => {
  await build('first')
  using _other = acquireLock(log.workspace.database, logsLock, phrase`building the dataset first`)
  await expect(removeDataset(log.workspace, 'first')).rejects.toMatchObject({ code: 'locked' })
  expect(listDatasets(log.workspace.database)).toHaveLength(1)
})
