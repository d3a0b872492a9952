import { getPriority } from 'node:os'
import path from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import type { ProcessEnd } from '../../src/main/launch/processes.ts'

const electron = await vi.hoisted(() => import('./fake-electron.ts'))
vi.mock('electron', () => electron)

const child = path.join(import.meta.dirname, 'launching-child.ts')

beforeAll(() => {
  electron.startAgain('')
  electron.app.becomeReady()
})

/** Everything that a process says that is told `message` once it has started, and how it ends. */
async function converse(role: string, message: unknown): Promise<{ said: unknown[]; end: ProcessEnd }> {
  const { launchUtility } = await import('../../src/main/desktop/launcher.ts')
  return await new Promise((resolve) => {
    const said: unknown[] = []
    const launched = launchUtility(child, [role], {
      onStarted: () => launched.send(message),
      onMessage: (told) => said.push(told),
      onEnded: (end) => resolve({ said, end }),
    })
  })
}

test('what a utility process says last arrives before it leaves, with its last words and exit code', async () => {
  const { said, end } = await converse('inner', 'hello')
  expect(said).toEqual([{ heard: 'hello', floats: new Float32Array([1.5]) }])
  expect(end).toEqual({ code: 3, signal: null, errorOutput: 'last words\n' })
})

test('a crash is told by its signal', async () => {
  const { end } = await converse('inner', 'crash')
  expect(end).toMatchObject({ code: null, signal: 'SIGABRT' })
})

test('a utility process has others launched by the main process', async () => {
  const { said, end } = await converse('outer', 'hello')
  expect(said).toEqual([
    { inner: { heard: 'hello', floats: new Float32Array([1.5]) } },
    { end: { code: 3, signal: null, errorOutput: 'last words\n' } },
  ])
  expect(end.code).toBe(0)
})

test('one that works behind the page is nicer than the page, and so are those that it has launched', async () => {
  const { launchUtility } = await import('../../src/main/desktop/launcher.ts')
  const niceness = await new Promise<number[]>((resolve) => {
    let own: number
    const launched = launchUtility(child, ['outer'], {
      priority: 'job',
      onStarted(processId) {
        own = getPriority(processId)
        launched.send('wait')
      },
      onMessage(told) {
        const { started } = told as { started?: number }
        if (started === undefined) return
        resolve([own, getPriority(started)])
        launched.kill()
      },
      onEnded() {},
    })
  })
  expect(niceness).toEqual([getPriority() + 10, getPriority() + 10])
})

test('one that is killed before it has started does not start', async () => {
  const { launchUtility } = await import('../../src/main/desktop/launcher.ts')
  const onStarted = vi.fn()
  const end = await new Promise<ProcessEnd>((resolve) => {
    launchUtility(child, ['inner'], { onStarted, onMessage() {}, onEnded: resolve }).kill()
  })
  expect(end.signal).toBe('SIGKILL')
  expect(onStarted).not.toHaveBeenCalled()
})
