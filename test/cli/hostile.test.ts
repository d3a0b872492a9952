import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listJobs } from '../../src/main/storage/jobs.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import type { JobRecord } from '../../src/shared/jobs.ts'
import { makeReadOnly } from '../support/folders.ts'
import { CliFolder, commandLine } from './run-cli.ts'

/** What happens to the real command line in a hostile world: its processes are killed, its disk cannot be written. */
const folder = new CliFolder()
afterAll(() => folder[Symbol.dispose]())

const run = (words: string) => folder.run([...words.split(' '), '--json'])

async function documentOf(words: string): Promise<unknown> {
  const result = await run(words)
  expect(result.code, result.stderr).toBe(0)
  return result.document()
}

function writeLog(name: string, users: number, events: number): void {
  const rows = Array.from(
    { length: events },
    (_, index) => `${name} ${index % users},${1_700_000_000 + 60 * index},b${index % 17}\n`,
  )
  writeFileSync(path.join(folder.directory, name), `user,time,event\n${rows.join('')}`)
}

beforeAll(async () => {
  writeLog('small.csv', 5, 100)
  await documentOf('import small.csv')
})

/** Starts a command and kills the process of its job as soon as the workspace lists it; whether that was in time. */
async function killJobOf(words: string, kind: string): Promise<boolean> {
  const { ended } = folder.start([...words.split(' '), '--json'])
  const deadline = Date.now() + 50_000
  let job: JobRecord | undefined
  while (job === undefined) {
    expect(Date.now(), 'waited too long').toBeLessThan(deadline)
    await new Promise((resolve) => setTimeout(resolve, 20))
    using workspace = openWorkspace(folder.workspace, { mode: 'read' })
    const [latest] = listJobs(workspace.database, 1)
    if (latest?.kind === kind) job = latest
  }
  if (job.state === 'running') process.kill(job.pid, 'SIGKILL')
  const result = await ended
  if (result.code === 0) return false
  expect(result.code).toBe(1)
  expect(result.document()).toMatchObject({ error: { code: 'crashed', message: expect.stringContaining('SIGKILL') } })
  expect(await documentOf(`jobs show ${job.id}`)).toMatchObject({ state: 'interrupted' })
  return true
}

describe('a process that is killed', () => {
  test('in the middle of an import leaves the log as it was, and the import can be repeated', async () => {
    writeLog('large.csv', 500, 150_000)
    const before = await documentOf('logs')
    if (await killJobOf('import large.csv', 'import')) {
      expect(await documentOf('logs')).toEqual(before)
      await documentOf('import large.csv')
    }
    expect(await documentOf('sources show large')).toMatchObject({ events: 150_000 })
  })

  test('in the middle of a build leaves no dataset, and the build can be repeated', async () => {
    const build = 'dataset build --name all'
    if (await killJobOf(build, 'build-dataset')) {
      expect(await documentOf('dataset list')).toEqual([])
      expect(await documentOf(build)).toMatchObject({ existed: false })
    }
    expect(await documentOf('dataset show all --verify')).toMatchObject({ counts: { events: 150_100 } })
    for (const place of ['temporary', 'runs']) expect(readdirSync(path.join(folder.workspace, place))).toEqual([])
  })
})

test('a workspace that cannot be written is shown, and refuses what would change it', async (context) => {
  const before = await documentOf('logs')
  if (makeReadOnly(folder.workspace) === undefined) return context.skip()
  expect(await documentOf('logs')).toEqual(before)
  expect(await documentOf('sources')).toHaveLength(2)
  expect(await documentOf('dataset show all')).toMatchObject({ name: 'all' })
  for (const words of ['import small.csv', 'dataset build --name other', 'sources remove small']) {
    const result = await run(words)
    expect(result.code, words).toBe(1)
    expect(result.document(), words).toMatchObject({ error: { code: 'storage', hint: expect.any(String) } })
  }
})

test('a file in the place of the workspace, or above it, is said to be one', async () => {
  for (const place of ['small.csv', 'small.csv/workspace']) {
    const result = await run(`serve --workspace ${place}`)
    expect(result.code, place).toBe(1)
    expect(result.document(), place).toMatchObject({
      error: {
        code: 'input',
        message: `${path.join(folder.directory, place)} cannot be a workspace: a file lies there or above it, where a folder is needed.`,
        hint: 'Choose another workspace folder.',
      },
    })
  }
})

describe.skipIf(process.platform !== 'linux')('what it prints', () => {
  /** The command line with its output into something, through a shell. */
  const shell = (redirection: string) =>
    spawnSync(
      'bash',
      ['-c', `"$0" "$1" logs --workspace "$2" ${redirection}`, process.execPath, commandLine, folder.workspace],
      {
        encoding: 'utf8',
      },
    )

  test('to a full device is lost with a word', () => {
    expect(shell('> /dev/full')).toMatchObject({
      status: 1,
      stderr: 'error: Standard output could not be written: no space is left there.\n',
    })
  })

  test('to a reader that has seen enough is lost without one', () => {
    expect(shell('| true')).toMatchObject({ status: 0, stderr: '' })
  })
})
