import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type BuildResult, buildDataset } from '../../src/main/dataset/build.ts'
import { openDataset } from '../../src/main/dataset/open.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { type Phrase, render } from '../../src/shared/phrase.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { configure, createLogWorkspace, type LogEvent, type LogWorkspace } from '../support/log-workspace.ts'

function* events(count: number): IterableIterator<LogEvent> {
  for (let index = 0; index < count; index++) {
    yield {
      user: `user ${String(Math.floor(index / 100)).padStart(6)}`,
      time: Date.UTC(2025, 0, 1) + (index % 100) * 3_600_000,
      behaviour: `b${(index * 31) % 17}`,
      location: `l${index % 5}`,
    }
  }
}

const damaged = expect.objectContaining({ name: 'WorkbenchError', code: 'corrupt' })

describe('a damaged dataset is refused, and building it again mends it', () => {
  let log: LogWorkspace
  let built: BuildResult
  beforeEach(async () => {
    log = createLogWorkspace()
    log.addSource('log', events(1000))
    built = await buildDataset(log.workspace, configure(), silentContext)
  })
  afterEach(() => log[Symbol.dispose]())

  /** Reads everything that a dataset has. */
  function readAll() {
    const dataset = openDataset(log.workspace, 'test')
    return Object.values(dataset.columns).map((column) => column.length)
  }

  const files = ['events.safetensors', 'vocabulary.safetensors', 'manifest.json']

  test.each(files)('%s cut off', async (name) => {
    const file = path.join(built.directory, name)
    truncateSync(file, readFileSync(file).length - 3)
    expect(readAll).toThrow(damaged)
    expect(readAll).toThrow(file)
    const warnings: string[] = []
    const context = { ...silentContext, warn: (message: Phrase) => warnings.push(render(message)) }
    await buildDataset(log.workspace, configure(), context)
    expect(warnings).toEqual([expect.stringContaining('damaged')])
    expect(readAll()).toEqual(Array(6).fill(1000))
  })

  test.each(files)('%s with a flipped byte, wherever it is', (name) => {
    const file = path.join(built.directory, name)
    const intact = readFileSync(file)
    for (let position = 3; position < intact.length; position += Math.ceil(intact.length / 25)) {
      const isBlank = intact[position] === 0x20
      if (isBlank) continue
      const altered = Buffer.from(intact)
      altered[position] ^= 0x55
      writeFileSync(file, altered)
      // Names are read at once, columns when they are first used; `verify` finds everything.
      expect(() => readAll(), `byte ${position}`).toThrow(damaged)
      expect(() => openDataset(log.workspace, 'test', { verify: true })).toThrow(damaged)
    }
  })

  test('a file or the directory gone', async () => {
    rmSync(path.join(built.directory, 'vocabulary.safetensors'))
    expect(readAll).toThrow(/vocabulary.safetensors is damaged: it is missing/)
    rmSync(built.directory, { recursive: true })
    expect(readAll).toThrow(expect.objectContaining({ code: 'not-found' }))
    await buildDataset(log.workspace, configure(), silentContext)
    expect(readAll()).toEqual(Array(6).fill(1000))
  })
})

test('an unknown dataset is not found', () => {
  using log = createLogWorkspace()
  expect(() => openDataset(log.workspace, 'nothing')).toThrow(/There is no dataset nothing/)
})

const builder = (directory: string) => `
  import { buildDataset } from ${JSON.stringify(path.resolve('src/main/dataset/build.ts'))}
  import { openWorkspace } from ${JSON.stringify(path.resolve('src/main/storage/workspace.ts'))}
  import { datasetConfiguration } from ${JSON.stringify(path.resolve('src/shared/configuration.ts'))}
  const workspace = openWorkspace(${JSON.stringify(directory)}, { mode: 'write' })
  const report = ({ stage }) => console.log(stage.template)
  await buildDataset(workspace, datasetConfiguration.parse({ name: 'test' }), { report, warn() {}, signal: new AbortController().signal })
`

test('a build that is killed at any stage leaves nothing, and the next one works', async () => {
  using log = createLogWorkspace()
  log.addSource('log', events(30_000))
  for (const stage of ['reading events', 'counting the training period', 'writing the dataset']) {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', builder(log.directory)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for await (const text of child.stdout) {
      if (String(text).includes(stage)) break
    }
    await setTimeout(3)
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    const workspace = openWorkspace(log.directory, { mode: 'write' })
    expect(readdirSync(workspace.temporary)).toEqual([])
    const finished = readdirSync(workspace.datasets)
    workspace.close()
    // The kill may come too late: then the dataset is there and complete.
    if (finished.length > 0)
      expect(openDataset(log.workspace, finished[0], { verify: true }).manifest.counts.events).toBe(30_000)
  }
  const { id } = await buildDataset(log.workspace, configure(), silentContext)
  expect(openDataset(log.workspace, id, { verify: true }).manifest.counts.events).toBe(30_000)
})

/** Gives `work` a disk of the given size, or says why it cannot. */
async function onSmallDisk(megabytes: number, work: (directory: string) => Promise<void>): Promise<string | undefined> {
  const directory = mkdtempSync(path.join(tmpdir(), 'behavegpt-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory], { stdio: 'pipe' })
  } catch (error) {
    rmSync(directory, { recursive: true })
    return `cannot mount a small disk: ${(error as Error).message.trim()}`
  }
  try {
    await work(directory)
  } finally {
    execFileSync('umount', [directory])
    rmSync(directory, { recursive: true })
  }
  return undefined
}

test('a full disk stops a build with a clear error and leaves nothing half-written', async (context) => {
  const skipped = await onSmallDisk(24, async (directory) => {
    using log = createLogWorkspace(directory)
    log.addSource('log', events(60_000))
    log.workspace.database.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    const { bavail, bsize } = statfsSync(directory)
    const filler = path.join(directory, 'filler')
    for (const left of [100_000, 1_000_000, 2_500_000]) {
      writeFileSync(filler, Buffer.alloc(bavail * bsize - left))
      await expect(buildDataset(log.workspace, configure(), silentContext)).rejects.toThrow(
        expect.objectContaining({ name: 'WorkbenchError', code: 'storage' }),
      )
      expect(readdirSync(log.workspace.temporary)).toEqual([])
      expect(readdirSync(log.workspace.datasets)).toEqual([])
    }
    rmSync(filler)
    const { id } = await buildDataset(log.workspace, configure(), silentContext)
    expect(openDataset(log.workspace, id, { verify: true }).manifest.counts.events).toBe(60_000)
  })
  if (skipped !== undefined) context.skip(skipped)
})
