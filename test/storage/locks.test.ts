import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'
import { acquireLock, lockHolder, withLock } from '../../src/main/storage/locks.ts'
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
