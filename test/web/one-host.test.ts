import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { openPageHost } from '../../src/main/page-host.ts'
import { lockHolder } from '../../src/main/storage/locks.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { temporaryFolder } from '../support/folders.ts'
import { connect, startHost, until } from './web-host.ts'

const root = path.join(import.meta.dirname, '../..')

test('a second host on a workspace is told which process has it, what for and where its page is, without the secret', async () => {
  const { workspace, host } = await startHost()
  const { origin, searchParams } = new URL(host.address)
  for (const kind of ['web', 'desktop'] as const) {
    expect(() => openPageHost(workspace, { kind })).toThrow(
      expect.objectContaining({
        code: 'locked',
        message: expect.stringMatching(
          `^Process ${process.pid} is serving the web workbench at ${origin}/ in this workspace since `,
        ),
        hint: expect.stringContaining('another workspace'),
      }),
    )
  }
  const token = searchParams.get('token')!
  const stored = readdirSync(workspace).filter((name) => name.startsWith('workbench.db'))
  for (const name of stored) expect(readFileSync(path.join(workspace, name)).includes(token), name).toBe(false)
})

test('a workspace that a host gave back is free', async () => {
  const { workspace, host } = await startHost()
  await host.close()
  const next = openPageHost(workspace, { kind: 'desktop' })
  expect(next.jobs.find).toBeDefined()
  await next.close()
})

test('pages are cut off before the workspace is given back, for which what they have started must end', async () => {
  const started = await startHost()
  const { api, socket } = connect(started)
  const { id } = await api.logs.simulate({ events: 5_000_000, users: 1_000 })
  await until(async () => (await api.jobs.show({ id })).state === 'running')
  using workspace = openWorkspace(started.workspace, { mode: 'read' })
  const cut = new Promise((resolve) => socket.once('close', resolve))
  const closing = started.host.close()
  await cut
  expect(lockHolder(workspace.database, 'host')).toMatchObject({ pid: process.pid })
  await closing
  expect(lockHolder(workspace.database, 'host')).toBeUndefined()
})

test('what a host does last is done while nobody else can have its workspace', async () => {
  const workspace = path.join(temporaryFolder(), 'workspace')
  const opened = openPageHost(workspace, { kind: 'web' })
  let refusal: unknown
  await opened.close(() => {
    try {
      void openPageHost(workspace, { kind: 'web' }).close()
    } catch (error) {
      refusal = error
    }
  })
  expect(refusal).toMatchObject({ code: 'locked' })
})

test('the workspace of a host that was killed is taken over; commands work beside a host', async () => {
  const workspace = path.join(temporaryFolder(), 'workspace')
  const code = `
    import { openPageHost } from ${JSON.stringify(path.join(root, 'src/main/page-host.ts'))}
    openPageHost(${JSON.stringify(workspace)}, { kind: 'web' })
    console.log('open')
    setInterval(() => {}, 1000)`
  const killed = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void killed.kill('SIGKILL'))
  await new Promise((resolve) => killed.stdout.once('data', resolve))
  expect(() => openPageHost(workspace, { kind: 'web' })).toThrow(`Process ${killed.pid} is serving`)
  const gone = new Promise((resolve) => killed.once('close', resolve))
  killed.kill('SIGKILL')
  await gone
  const next = openPageHost(workspace, { kind: 'web' })
  onTestFinished(() => next.close())
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      path.join(root, 'out/main/cli.js'),
      'simulate',
      '--events',
      '200',
      '--users',
      '4',
      '--json',
      '--workspace',
      workspace,
    ],
    { encoding: 'utf8' },
  )
  expect(status, stdout).toBe(0)
})

test('behavegpt serve prints one document with --json, and ends cleanly when it is interrupted, also while a page is open', async () => {
  const { page, workspace } = await builtPage()
  const words = ['serve', '--json', '--workspace', workspace, '--page', page]
  const host = spawn(process.execPath, [path.join(root, 'out/main/cli.js'), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void host.kill('SIGKILL'))
  let output = ''
  const printed = new Promise((resolve) =>
    host.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      resolve(output)
    }),
  )
  await printed
  const { address, processId } = JSON.parse(output)
  expect(processId).toBe(host.pid)
  const entered = await fetch(address, { redirect: 'manual' })
  expect(entered.status).toBe(302)
  const [cookie] = entered.headers.get('set-cookie')!.split(';')
  const { origin, host: ours } = new URL(address)
  const socket = new WebSocket(`ws://${ours}/rpc`, { headers: { cookie, origin } })
  const cut = new Promise((resolve) => socket.once('close', resolve))
  await new Promise((resolve) => socket.once('open', resolve))
  const ended = new Promise((resolve) => host.once('close', (code, signal) => resolve({ code, signal })))
  host.kill('SIGTERM')
  expect(await Promise.race([ended, sleep(8_000, 'still there')])).toEqual({ code: 0, signal: null })
  await cut
  expect(output.trim().split('\n')).toHaveLength(1)
})

async function builtPage() {
  const { workspace, host } = await startHost()
  await host.close()
  return { workspace, page: path.join(path.dirname(workspace), 'page') }
}
