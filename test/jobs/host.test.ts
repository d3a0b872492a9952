import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type JobOptions, runInProcess } from '../../src/main/jobs/host.ts'
import { leaveReason, stopMessage } from '../../src/main/jobs/messages.ts'
import { listJobs } from '../../src/main/storage/jobs.ts'
import { readSettings } from '../../src/main/storage/settings.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import type { JobRecord } from '../../src/shared/jobs.ts'
import { type Phrase, phrase, render } from '../../src/shared/phrase.ts'
import { type Progress, pauseReason } from '../../src/shared/progress.ts'

const sampleChild = fileURLToPath(new URL('sample-child.ts', import.meta.url))

let directory: string
let controller: AbortController
let reports: Progress[]
let warnings: Phrase[]

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'behavegpt-jobs-'))
  controller = new AbortController()
  reports = []
  warnings = []
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function start(kind: string, input: unknown = {}, options: Partial<JobOptions> = {}): Promise<unknown> {
  return runInProcess(sampleChild, kind, input, {
    workspace: directory,
    context: {
      report: (progress) => reports.push(progress),
      warn: (message) => warnings.push(message),
      signal: controller.signal,
    },
    ...options,
  })
}

async function failure(kind: string): Promise<Error & { code?: string }> {
  return start(kind).then(
    () => expect.unreachable('the job should fail'),
    (error) => error,
  )
}

function jobs(): JobRecord[] {
  using workspace = openWorkspace(directory, { mode: 'read' })
  return listJobs(workspace.database)
}

/** Starts a job that waits, and gives its process id once the workspace lists it as running. */
async function startWaiting(): Promise<{ processId: number; ended: Promise<unknown> }> {
  const listed = Promise.withResolvers<void>()
  let processId = 0
  const ended = start('wait', {}, { onStarted: (id) => (processId = id), onListed: () => listed.resolve() })
  ended.catch(() => {})
  await listed.promise
  // The first progress is written down before the second is reported.
  await until(() => reports.length > 1)
  return { processId, ended }
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!holds()) {
    expect(Date.now(), 'waited too long').toBeLessThan(deadline)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('a job', () => {
  test('gives its result, progress and warnings to the host and to the list of jobs', async () => {
    const result = await start('double', { value: 21 })
    expect(result).toEqual({ doubled: 42, floats: new Float32Array([21]) })
    expect(reports).toEqual([{ stage: phrase`doubling`, done: 1, total: 2, unit: 'steps', figures: { loss: 21 } }])
    expect(warnings).toEqual([phrase`it will be twice as large`])
    expect(jobs()).toMatchObject([
      {
        id: 1,
        kind: 'double',
        state: 'done',
        input: { value: 21 },
        progress: { done: 1, figures: { loss: 21 } },
        warnings: [phrase`it will be twice as large`],
        error: null,
      },
    ])
  })

  test('that fails gives the same error as in the host, and is listed with it', async () => {
    await expect(start('refuse')).rejects.toMatchObject({
      code: 'input',
      message: 'line 3 is wrong',
      hint: 'repair it',
    })
    expect(jobs()).toMatchObject([{ state: 'failed', error: { code: 'input', message: phrase`line ${3} is wrong` } }])
  })

  test('with a defect of ours says where, and is no mistake of the user', async () => {
    const error = await failure('defect')
    expect(error).toBeInstanceOf(Error)
    expect(error.code).toBeUndefined()
    expect(error.stack).toContain('TypeError: an oversight')
    expect(error.stack).toContain('sample-child.ts')
  })

  test('cannot write to the standard output of its host', async () => {
    await expect(start('print')).resolves.toBe('quiet')
  })

  test('reports while its connection is busy reading or inside a transaction', async () => {
    await expect(start('iterate')).resolves.toBe(5)
    expect(reports.at(-1)).toMatchObject({ stage: phrase`inside a transaction` })
  })
})

describe('stopping', () => {
  test('cancels', async () => {
    const { ended } = await startWaiting()
    controller.abort('cancel')
    await expect(ended).rejects.toMatchObject({ code: 'cancelled' })
    expect(jobs()).toMatchObject([{ state: 'cancelled', error: null }])
  })

  test('pauses work that can be taken up again', async () => {
    const { ended } = await startWaiting()
    controller.abort(pauseReason)
    await expect(ended).resolves.toEqual({ status: 'paused' })
    expect(jobs()).toMatchObject([{ state: 'paused' }])
  })

  test('before the start starts nothing', async () => {
    controller.abort()
    await expect(start('wait')).rejects.toMatchObject({ code: 'cancelled' })
  })

  test('by another process is a signal to the process that the list names', async () => {
    const { ended } = await startWaiting()
    const [{ pid }] = jobs()
    process.kill(pid, 'SIGTERM')
    await expect(ended).rejects.toMatchObject({ code: 'cancelled' })
  })

  test('is for the host to decide: an interrupt alone does not reach the work', async () => {
    const { processId, ended } = await startWaiting()
    process.kill(processId, 'SIGINT')
    await until(() => (reports.at(-1)?.done ?? 0) > 10)
    controller.abort('cancel')
    await expect(ended).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('work that does not hear that it should stop', () => {
  /** Until a job is started, asked to stop for a reason once it has reported, and has ended. */
  async function stopped(kind: string, reason: string, input: object = {}): Promise<unknown> {
    const ended = start(kind, input, { silenceMilliseconds: 1_500 }).catch((error: unknown) => error)
    await until(() => reports.length >= (kind === 'long-steps' ? 2 : 1))
    controller.abort(reason)
    return ended
  }

  test('is ended after a while and listed as cancelled, with what it had committed and nothing else', async () => {
    expect(await stopped('busy', 'cancel')).toMatchObject({
      code: 'cancelled',
      message: expect.stringMatching(/job "busy" was asked to stop and did not answer for \d seconds/),
      hint: expect.stringContaining('Nothing half-written was kept'),
    })
    const [{ state, error }] = jobs()
    expect(state).toBe('cancelled')
    expect(render(error!.message)).toContain('did not answer')
    using workspace = openWorkspace(directory, { mode: 'read' })
    expect(readSettings(workspace.database).threads).toBe(3)
  })

  test('because its host leaves is interrupted: nobody cancelled it', async () => {
    expect(await stopped('busy', leaveReason)).toMatchObject({ code: 'crashed' })
    const [{ state, error }] = jobs()
    expect(state).toBe('interrupted')
    expect(render(error!.message)).toContain('did not answer')
  })

  test('within a step that takes as long as those before it is waited for', async () => {
    expect(await stopped('long-steps', pauseReason, { milliseconds: 2_500 })).toEqual({ status: 'paused' })
    expect(jobs()).toMatchObject([{ state: 'paused' }])
  })

  test('at once, but is alive, is waited for', async () => {
    expect(await stopped('slow-end', pauseReason, { milliseconds: 4_000 })).toEqual({ status: 'paused' })
    expect(jobs()).toMatchObject([{ state: 'paused' }])
  })
})

describe('a host that is gone', () => {
  /** Starts a job in a process of which this one is the host. */
  async function startAsHost(kind: string) {
    const child = fork(sampleChild)
    const ended = once(child, 'exit')
    child.send({ type: 'start', kind, input: {}, workspace: directory })
    await once(child, 'message')
    return { child, ended }
  }

  test('interrupts work that cannot be taken up again, with the reason: nobody cancelled it', async () => {
    const { child, ended } = await startAsHost('compute')
    child.disconnect()
    await ended
    const [{ state, error }] = jobs()
    expect({ state, code: error?.code }).toEqual({ state: 'interrupted', code: 'crashed' })
    expect(render(error!.message)).toContain('it was killed, or it crashed')
  })

  test('leaves cancelled what was cancelled before', async () => {
    const { child, ended } = await startAsHost('compute')
    child.send({ type: 'cancel' }, () => child.disconnect())
    await ended
    expect(jobs()).toMatchObject([{ state: 'cancelled', error: null }])
  })

  test('pauses what can be taken up again', async () => {
    const { child, ended } = await startAsHost('wait')
    child.disconnect()
    await ended
    expect(jobs()).toMatchObject([{ state: 'paused', error: null }])
  })
})

describe('a host that ends in order', () => {
  test.each([
    ['says so alone', false],
    ['says so after a service manager has ended every process of the service', true],
  ])('and %s, pauses what can be taken up again and interrupts the rest', async (_how, isSignalled) => {
    for (const kind of ['compute', 'wait']) {
      const child = fork(sampleChild)
      const ended = once(child, 'exit')
      child.send({ type: 'start', kind, input: {}, workspace: directory })
      await once(child, 'message')
      if (isSignalled) {
        child.kill('SIGTERM')
        // What the host does first takes a moment.
        await sleep(100)
      }
      child.send(stopMessage(leaveReason))
      await ended
    }
    const [paused, interrupted] = jobs()
    expect(paused).toMatchObject({ state: 'paused', error: null })
    expect(interrupted.state).toBe('interrupted')
    expect(render(interrupted.error!.message)).toContain('was stopped while it ran')
  })
})

describe('a crash', () => {
  test('of native code is an error that names the signal and quotes the last words', async () => {
    const error = await failure('abort')
    expect(error).toMatchObject({ code: 'crashed', hint: expect.stringContaining('doctor') })
    expect(error.message).toMatch(/job "abort" .*SIGABRT/)
    expect(error.message).toContain('assertion failed in native code')
  })

  test('by leaving without an answer names the exit code', async () => {
    await expect(start('exit')).rejects.toMatchObject({
      code: 'crashed',
      message: expect.stringContaining('exit code 7'),
    })
  })

  test('leaves a job that is shown as interrupted, with what it said last', async () => {
    const { processId, ended } = await startWaiting()
    expect(jobs()).toMatchObject([{ state: 'running' }])
    process.kill(processId, 'SIGKILL')
    await expect(ended).rejects.toMatchObject({ code: 'crashed', hint: expect.stringContaining('memory') })
    expect(jobs()).toMatchObject([{ state: 'interrupted', progress: { stage: phrase`waiting` } }])
  })
})
