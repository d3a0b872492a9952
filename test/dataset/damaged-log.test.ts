import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { buildDataset } from '../../src/main/dataset/build.ts'
import { Random } from '../../src/main/dataset/random.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { fileWith, importFile } from '../ingest/support.ts'
import { temporaryFolder } from '../support/folders.ts'
import { configure } from '../support/log-workspace.ts'

/** A log of several thousand rows more than are read at once. */
const rows = Array.from(
  { length: 20_000 },
  (_, index) =>
    `user ${index % 97},${1_700_000_000 + index * 61},behaviour ${(index * index) % 53},place ${index % 7}\n`,
)

/** A workspace with an imported log, and its database file. */
async function importedLog(): Promise<{ folder: string; file: string }> {
  const folder = temporaryFolder()
  {
    using workspace = openWorkspace(folder, { mode: 'write', create: true })
    await importFile(workspace, fileWith(`user,time,event,location\n${rows.join('')}`))
  }
  return { folder, file: path.join(folder, 'workbench.db') }
}

/** Hash of the dataset that the workspace gives. */
async function contentHash(folder: string, changes = {}): Promise<string> {
  using workspace = openWorkspace(folder, { mode: 'write' })
  return (await buildDataset(workspace, configure(changes), silentContext)).contentHash
}

test('a flipped bit anywhere in the file of the log gives the same dataset or is told as damage', async () => {
  const { folder, file } = await importedLog()
  const intact = readFileSync(file)
  const expected = await contentHash(folder)
  const random = new Random(11)
  const told = { damaged: 0, unharmed: 0 }
  for (let trial = 0; trial < 40; trial++) {
    for (const name of ['workbench.db-wal', 'workbench.db-shm', 'datasets']) {
      rmSync(path.join(folder, name), { recursive: true, force: true })
    }
    const altered = Buffer.from(intact)
    const position = Math.floor(random.uniform() * altered.length)
    altered[position] ^= 1 << Math.floor(random.uniform() * 8)
    writeFileSync(file, altered)
    const outcome = await contentHash(folder).catch((error) => error)
    if (outcome === expected) told.unharmed++
    else {
      expect(outcome, `byte ${position} of ${intact.length}`).toMatchObject({ name: 'WorkbenchError', code: 'corrupt' })
      told.damaged++
    }
  }
  expect(told.damaged).toBeGreaterThan(5)
})

test.each([
  ['user', 'user + 1'],
  ['time', 'time + 1'],
  ['behaviour', '(behaviour % 50) + 1'],
  ['location', '(location % 6) + 1'],
  ['utc_offset', 'utc_offset + 60'],
])('one event with another %s is noticed, and its source named', async (column, value) => {
  const { folder } = await importedLog()
  {
    using workspace = openWorkspace(folder, { mode: 'write' })
    workspace.database.execute(
      `UPDATE events SET ${column} = ${value} WHERE (user, time, tie) = (SELECT user, time, tie FROM events LIMIT 1 OFFSET 7001)`,
    )
  }
  await expect(contentHash(folder)).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringContaining('"log"'),
    hint: expect.stringContaining('import its files again'),
  })
})

test('a lost event is noticed; what a build of some hours leaves out is not asked for', async () => {
  const { folder } = await importedLog()
  {
    using workspace = openWorkspace(folder, { mode: 'write' })
    workspace.database.execute(
      'DELETE FROM events WHERE user = 5 AND time = (SELECT max(time) FROM events WHERE user = 5)',
    )
  }
  await expect(contentHash(folder)).rejects.toMatchObject({ code: 'corrupt' })
  expect(await contentHash(folder, { name: 'first', until: '2023-11-20T00:00' })).toMatch(/^[0-9a-f]{64}$/)
})

test('of two sources the one that is whole can still be built', async () => {
  const { folder } = await importedLog()
  {
    using workspace = openWorkspace(folder, { mode: 'write' })
    await importFile(workspace, fileWith(`user,time,event,location\n${rows.slice(0, 9000).join('')}`, 'other.csv'))
    workspace.database.execute(`UPDATE events SET behaviour = 9 WHERE source = 1 AND behaviour = 8 AND user = 3`)
  }
  await expect(contentHash(folder, { sources: ['log'] })).rejects.toMatchObject({ code: 'corrupt' })
  expect(await contentHash(folder, { sources: ['other'] })).toMatch(/^[0-9a-f]{64}$/)
})
