import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readySources } from '../../src/main/storage/sources.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { temporaryFolder } from '../support/folders.ts'
import { everything, fileWith, importFile } from './support.ts'

/** A process that imports a file and prints each stage it reaches; it stays in the named one until it is killed. */
function startImport(folder: string, file: string, stayIn = 'nothing'): ChildProcess {
  const code = `
    import { openWorkspace } from ${JSON.stringify(path.resolve('src/main/storage/workspace.ts'))}
    import { importFiles } from ${JSON.stringify(path.resolve('src/main/ingest/import.ts'))}
    import { silentContext } from ${JSON.stringify(path.resolve('src/shared/progress.ts'))}
    using workspace = openWorkspace(${JSON.stringify(folder)}, { mode: 'write', create: true })
    const report = ({ stage, done }) => {
      if (stage.template.startsWith(${JSON.stringify(stayIn)}) && done > 0) {
        process.stdout.write('here')
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20_000)
      }
    }
    try { await importFiles(workspace, { files: [${JSON.stringify(file)}] }, { ...silentContext, report }) }
    catch (error) { process.stdout.write(error.code + ': ' + error.message); process.exitCode = 1 }`
  return spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function killIn(stage: string, folder: string, file: string): Promise<void> {
  const child = startImport(folder, file, stage)
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
}

const rowsOf = (count: number) =>
  `user,time,event,location\n${Array.from({ length: count }, (_, index) => `u${index % 500},${1_700_000_000 + index},b${index % 40},p${index % 9}\n`).join('')}bad row\n`

test.each(['reading', 'storing'])(
  'killed while %s, nothing is left when the workspace is opened next',
  async (stage) => {
    const folder = temporaryFolder()
    {
      using workspace = openWorkspace(folder, { mode: 'write', create: true })
      await importFile(workspace, fileWith('user,time,event\nu1,2024-01-01,b1\nme,2024-01-01,own\n', 'first.csv'))
    }
    const seen = (() => {
      using workspace = openWorkspace(folder, { mode: 'read' })
      return everything(workspace)
    })()
    const file = fileWith(rowsOf(150_000), 'second.csv')
    await killIn(stage, folder, file)
    {
      using reader = openWorkspace(folder, { mode: 'read' })
      expect(readySources(reader.database).map(({ name }) => name)).toEqual(['first'])
    }
    using workspace = openWorkspace(folder, { mode: 'write' })
    expect(everything(workspace)).toEqual(seen)
    expect(readdirSync(workspace.temporary)).toEqual([])
    expect(await importFile(workspace, file)).toMatchObject({ events: 150_000, rejected: 1 })
  },
)

test('of two processes that import at once one is refused, and told which process is importing', async () => {
  const folder = temporaryFolder()
  openWorkspace(folder, { mode: 'write', create: true }).close()
  const first = startImport(folder, fileWith(rowsOf(1000), 'first.csv'), 'storing')
  await once(first.stdout as NodeJS.ReadableStream, 'data')
  const second = startImport(folder, fileWith(rowsOf(10), 'second.csv'))
  const [said] = await once(second.stdout as NodeJS.ReadableStream, 'data')
  expect(String(said)).toMatch(new RegExp(`^locked: Process ${first.pid} is importing .*first\\.csv`))
  expect((await once(second, 'exit'))[0]).toBe(1)
  first.kill('SIGKILL')
  await once(first, 'exit')
})

test('a long import does not keep another process from writing', async () => {
  const folder = temporaryFolder()
  const child = startImport(folder, fileWith(rowsOf(1000), 'first.csv'), 'storing')
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  using workspace = openWorkspace(folder, { mode: 'write' })
  // The import stands still in the middle of storing, for longer than a writer waits before it gives up.
  workspace.database.change("INSERT INTO locks VALUES ('other', 1, '', '', '', '')").run()
  expect(child.exitCode).toBeNull()
  child.kill('SIGKILL')
  await once(child, 'exit')
})
