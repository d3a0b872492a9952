import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { forkProcess } from '../../src/main/launch/fork.ts'
import type { Priority } from '../../src/main/launch/priority.ts'

const child = path.join(import.meta.dirname, 'waiting-child.ts')
const hasSessionPriority = existsSync('/proc/self/autogroup')

/** Starts a process that waits until it is ended, and gives its process id. */
async function launched(priority?: Priority): Promise<number> {
  return await new Promise((resolve) => {
    const started = forkProcess(child, [], { priority, onStarted: resolve, onMessage() {}, onEnded() {} })
    onTestFinished(() => started.kill())
  })
}

/** What the system says of a process's session: `/autogroup-7 nice 0`, or nothing for those that it has left ungrouped since its start. */
function sessionOf(processId: number | 'self'): string {
  return readFileSync(`/proc/${processId}/autogroup`, 'utf8').trim()
}

/** How nice the session is, which comes before the niceness of the process itself. */
function sessionNiceness(processId: number): number {
  return Number(/ nice (-?\d+)$/.exec(sessionOf(processId))?.[1])
}

test('answers stand behind the process that launches them, and jobs behind answers', async () => {
  const own = getPriority()
  expect(getPriority(await launched())).toBe(own)
  expect(getPriority(await launched('answer'))).toBe(own + 5)
  expect(getPriority(await launched('job'))).toBe(own + 10)
})

test.skipIf(!hasSessionPriority)(
  'on Linux their sessions do so too, since a browser is in another one',
  async ({ skip }) => {
    const own = sessionOf('self')
    const beside = await launched()
    const [answer, job] = [await launched('answer'), await launched('job')]
    skip(sessionOf(job) === '', 'this system does not group processes by their sessions')
    // A second change within a tenth of a second is refused at first, unless root asks.
    await vi.waitFor(() => expect([answer, job].map(sessionNiceness)).toEqual([2, 5]), 10_000)
    expect([sessionOf('self'), sessionOf(beside)]).toEqual([own, own])
  },
)

test.skipIf(!hasSessionPriority)(
  'a change that Linux refuses, because one was made just before, is asked for again; nothing is nicer than nicest',
  async ({ skip }) => {
    // Root is never refused.
    const user = process.getuid!() === 0 ? { uid: 65_534, gid: 65_534 } : {}
    const started = spawn(process.execPath, [path.join(import.meta.dirname, 'renicing-child.ts')], {
      ...user,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    onTestFinished(() => void started.kill('SIGKILL'))
    const asked = await new Promise((resolve) => {
      started.stdout.once('data', () => resolve(true))
      started.once('error', () => resolve(false))
      started.once('exit', () => resolve(false))
    })
    skip(!asked, 'nobody else than root can read these files')
    skip(sessionOf(started.pid!) === '', 'this system does not group processes by their sessions')
    await vi.waitFor(() => expect(sessionNiceness(started.pid!)).toBe(5), 10_000)
    expect(getPriority(started.pid)).toBe(19)
  },
)
