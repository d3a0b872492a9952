import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { openPageHost } from '../../src/main/page-host.ts'
import { removeStaleTemporaries, withTemporaryDirectory } from '../../src/main/storage/files.ts'
import { acquireLock, freeLocks, lockHolder, withLock } from '../../src/main/storage/locks.ts'
import { isRunning, thisProcess } from '../../src/main/storage/processes.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { phrase } from '../../src/shared/phrase.ts'
import { temporaryFolder } from '../support/folders.ts'

test('a second taker is told which process holds it and why', () => {
  using workspace = openWorkspace(temporaryFolder(), { mode: 'write', create: true })
  const lock = acquireLock(workspace.database, 'logs', phrase`importing a.csv`)
  expect(() => acquireLock(workspace.database, 'logs', phrase`importing b.csv`)).toThrow(
    `Process ${process.pid} is importing a.csv`,
  )
  expect(lockHolder(workspace.database, 'logs')).toMatchObject({ pid: process.pid, purpose: phrase`importing a.csv` })
  lock.release()
  acquireLock(workspace.database, 'logs', phrase`importing b.csv`)[Symbol.dispose]()
  expect(lockHolder(workspace.database, 'logs')).toBeUndefined()
})

test('locks of different names do not meet', () => {
  using workspace = openWorkspace(temporaryFolder(), { mode: 'write', create: true })
  using _first = acquireLock(workspace.database, 'run:a', phrase`training a`)
  using second = acquireLock(workspace.database, 'run:b', phrase`training b`)
  expect(second.name).toBe('run:b')
})

test('the lock goes back when the work fails', async () => {
  using workspace = openWorkspace(temporaryFolder(), { mode: 'write', create: true })
  const failing = withLock(workspace.database, 'logs', phrase`importing`, async () => {
    throw new Error('stop')
  })
  await expect(failing).rejects.toThrow('stop')
  expect(lockHolder(workspace.database, 'logs')).toBeUndefined()
})

test('what a running process of this machine holds is freed on nobody’s word', () => {
  using workspace = openWorkspace(temporaryFolder(), { mode: 'write', create: true })
  using _lock = acquireLock(workspace.database, 'logs', phrase`importing a.csv`)
  for (const gone of [undefined, hostname()])
    expect(() => freeLocks(workspace.database, gone)).toThrow(
      expect.objectContaining({ code: 'locked', message: expect.stringContaining('is importing a.csv') }),
    )
  expect(lockHolder(workspace.database, 'logs')).toBeDefined()
})

test('a lock can say more of its purpose once more is known, and no other one does', () => {
  using workspace = openWorkspace(temporaryFolder(), { mode: 'write', create: true })
  using lock = acquireLock(workspace.database, 'host', phrase`serving`)
  using _other = acquireLock(workspace.database, 'logs', phrase`importing a.csv`)
  lock.describe(phrase`serving at ${'http://127.0.0.1:8080/'}`)
  expect(() => acquireLock(workspace.database, 'host', phrase`serving`)).toThrow(
    'is serving at http://127.0.0.1:8080/ in',
  )
  expect(() => acquireLock(workspace.database, 'logs', phrase`importing`)).toThrow('is importing a.csv in')
})

test('a lock of a killed process is taken over', () => {
  const folder = temporaryFolder()
  const code = `
    import { openWorkspace } from ${JSON.stringify(path.resolve('src/main/storage/workspace.ts'))}
    import { acquireLock } from ${JSON.stringify(path.resolve('src/main/storage/locks.ts'))}
    acquireLock(openWorkspace(${JSON.stringify(folder)}, { mode: 'write', create: true }).database, 'logs', { template: 'importing', values: [] })
    process.kill(process.pid, 'SIGKILL')`
  expect(spawnSync(process.execPath, ['--input-type=module', '-e', code]).signal).toBe('SIGKILL')
  using workspace = openWorkspace(folder, { mode: 'write' })
  using lock = acquireLock(workspace.database, 'logs', phrase`importing again`)
  expect(lock.name).toBe('logs')
})

test('a process number that was given to another process does not count', () => {
  expect(isRunning(thisProcess())).toBe(true)
  if (process.platform === 'linux') expect(isRunning({ pid: process.pid, started: 'another boot/1' })).toBe(false)
})

describe.runIf(process.platform === 'linux')('a holder in another container or on another machine', () => {
  const { started, place } = thisProcess()
  const anotherBoot = '00000000/1'

  test.each([
    ['a container beside this one', started, '1', 'container'],
    ['a container of the same name', started, '1', hostname()],
    ['another machine', anotherBoot, place!.namespace, 'gpu-server-2'],
  ])('%s keeps its lock, since nobody here can see whether it still runs', (_what, itsStart, namespace, machine) => {
    const folder = temporaryFolder()
    using workspace = openWorkspace(folder, { mode: 'write', create: true })
    using _lock = acquireLock(workspace.database, 'host', phrase`serving the web workbench`)
    workspace.database
      .change('UPDATE locks SET pid = 2147483647, process_started = ?')
      .run([itsStart, namespace, machine].join('|'))
    for (const take of [
      () => acquireLock(workspace.database, 'host', phrase`serving again`),
      () => openPageHost(folder, { kind: 'web' }),
    ])
      expect(take).toThrow(
        expect.objectContaining({
          code: 'locked',
          message: expect.stringContaining(`on ${machine}, another machine`),
          hint: expect.stringContaining(
            `gone for good, free the workspace with: behavegpt workspace unlock --workspace "${folder}" --gone "${machine}"`,
          ),
        }),
      )
    // Not on the word that another one is gone.
    expect(() => freeLocks(workspace.database, 'another')).toThrow(`on ${machine}, another machine`)
    expect(freeLocks(workspace.database, machine)).toMatchObject([{ name: 'host', pid: 2147483647, machine }])
    expect(freeLocks(workspace.database, machine)).toEqual([])
    openPageHost(folder, { kind: 'web' }).close()
  })

  test.each([
    ['this machine before it was started again', anotherBoot, place!.namespace, hostname()],
    ['this machine under a name that it had before', started, place!.namespace, 'before'],
    ['a version that wrote no machine down', anotherBoot, undefined, undefined],
  ])('is not %s: a lock of there is taken over when its process is gone', (_what, itsStart, namespace, machine) => {
    using workspace = openWorkspace(temporaryFolder(), { mode: 'write', create: true })
    acquireLock(workspace.database, 'logs', phrase`importing`)
    const written = [itsStart, namespace, machine].filter((part) => part !== undefined).join('|')
    workspace.database.change('UPDATE locks SET pid = 2147483647, process_started = ?').run(written)
    using lock = acquireLock(workspace.database, 'logs', phrase`importing again`)
    expect(lock.name).toBe('logs')
  })

  test('is told from one here by what each lock says of its holder, also where both have one number', () => {
    using workspace = openWorkspace(temporaryFolder(), { mode: 'write', create: true })
    acquireLock(workspace.database, 'logs', phrase`importing`)
    const here = `|${place!.namespace}|`
    workspace.database.change(`UPDATE locks SET process_started = replace(process_started, ?, '|1|')`).run(here)
    expect(lockHolder(workspace.database, 'logs')).toMatchObject({ pid: process.pid, machine: hostname() })
    // Nor is it taken for a lock of ours that was given up.
    workspace.database.change(`UPDATE locks SET token = 'theirs'`).run()
    expect(() => acquireLock(workspace.database, 'logs', phrase`importing again`)).toThrow('another machine')
  })

  test('keeps what it is writing; what a process here left goes', async () => {
    const folder = temporaryFolder()
    const names = await withTemporaryDirectory(folder, 'a', async (directory) => {
      const here = path.basename(directory).replace(/\.\d+-/, '.2147483647-')
      return { here, there: here.replace(`-${place!.namespace}-`, '-1-') }
    })
    expect(names.there, 'a temporary name says where its writer is').not.toBe(names.here)
    for (const name of Object.values(names)) writeFileSync(path.join(folder, name), '')
    expect(removeStaleTemporaries(folder)).toEqual([path.join(folder, names.here)])
  })
})
