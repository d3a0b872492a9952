import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { getPriority, tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { runInProcess, type runJob } from '../../src/main/jobs/host.ts'
import type { JobKind } from '../../src/main/jobs/registry.ts'
import { JobSupervisor } from '../../src/main/jobs/supervisor.ts'
import { insertJob } from '../../src/main/storage/jobs.ts'
import { insertRun } from '../../src/main/storage/runs.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { WorkbenchError } from '../../src/shared/errors.ts'
import type { JobRecord, JobState } from '../../src/shared/jobs.ts'
import { phrase, render } from '../../src/shared/phrase.ts'

/** What the disk says to the next job that joins the queue, if anything. */
const disk = vi.hoisted(() => ({ refusal: undefined as Error | undefined }))
vi.mock('../../src/main/storage/jobs.ts', async (original) => {
  const actual = await original<typeof import('../../src/main/storage/jobs.ts')>()
  const insertJob: typeof actual.insertJob = (...given) => {
    const { refusal } = disk
    disk.refusal = undefined
    if (refusal !== undefined) throw refusal
    return actual.insertJob(...given)
  }
  return { ...actual, insertJob }
})

const child = fileURLToPath(new URL('supervised-child.ts', import.meta.url))
const inChild = ((kind, input, options) => runInProcess(child, kind, input, options)) as typeof runJob

let folder: string
let workspace: string
let supervisors: JobSupervisor[]

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'behavegpt-supervisor-'))
  workspace = path.join(folder, 'workspace')
  supervisors = []
})
afterEach(async () => {
  await Promise.all(supervisors.map((supervisor) => supervisor.close()))
  rmSync(folder, { recursive: true, force: true })
})

function supervise(): JobSupervisor {
  const supervisor = new JobSupervisor(workspace, inChild)
  supervisors.push(supervisor)
  return supervisor
}

const gate = (name: string) => path.join(folder, name)

/** Starts a job that works until `finish` is called with its name. */
function start(supervisor: JobSupervisor, kind: JobKind, name: string, more: object = {}): number {
  return supervisor.start(kind, { name, until: gate(name), ...more } as never).id
}

const finish = (name: string) => writeFileSync(gate(name), '')

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!holds()) {
    expect(Date.now(), 'waited too long').toBeLessThan(deadline)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const state = (supervisor: JobSupervisor, id: number) => supervisor.find(id).state
const reaches = (supervisor: JobSupervisor, id: number, wanted: JobState) =>
  until(() => state(supervisor, id) === wanted)

describe('the queue', () => {
  test('does the jobs of one lane one after the other, in the order in which they were asked for', async () => {
    const supervisor = supervise()
    const [first, second, third] = ['first', 'second', 'third'].map((name) => start(supervisor, 'train', name))
    await reaches(supervisor, first, 'running')
    expect([second, third].map((id) => state(supervisor, id))).toEqual(['queued', 'queued'])
    finish('third')
    finish('first')
    await reaches(supervisor, second, 'running')
    expect(state(supervisor, third)).toBe('queued')
    finish('second')
    await reaches(supervisor, third, 'done')
    expect(supervisor.find(first).result).toMatchObject({ run: 'id of first' })
  })

  test('starts jobs that give way to whoever looks at a page', async () => {
    const supervisor = supervise()
    const training = start(supervisor, 'train', 'training')
    await reaches(supervisor, training, 'running')
    expect(getPriority(supervisor.find(training).pid)).toBeGreaterThan(getPriority())
  })

  test('lets other lanes, and jobs of none, go on at once', async () => {
    const supervisor = supervise()
    const training = start(supervisor, 'train', 'training')
    const others = [
      start(supervisor, 'import', 'import'),
      start(supervisor, 'export', 'one'),
      start(supervisor, 'export', 'two'),
    ]
    for (const id of [training, ...others]) await reaches(supervisor, id, 'running')
  })

  test('loses a job that is cancelled before its turn, and goes on with the next', async () => {
    const supervisor = supervise()
    const first = start(supervisor, 'train', 'first')
    const second = start(supervisor, 'train', 'second')
    const third = start(supervisor, 'train', 'third')
    expect(supervisor.cancel(second).state).toBe('cancelled')
    finish('first')
    await reaches(supervisor, third, 'running')
    expect(state(supervisor, first)).toBe('done')
    expect(supervisor.find(second)).toMatchObject({ state: 'cancelled', error: null })
    expect(() => supervisor.cancel(second)).toThrow(/does not run/)
  })

  test('waits for a job of another host, and does not do what that host took out of it', async () => {
    const one = supervise()
    const other = supervise()
    const first = start(one, 'train', 'first')
    await reaches(one, first, 'running')
    const second = start(other, 'train', 'second')
    expect(state(other, second)).toBe('queued')
    finish('first')
    // Whichever of the two takes it: it runs once, and nobody calls it cancelled.
    await reaches(other, second, 'running')
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect([one, other].map((supervisor) => state(supervisor, second))).toEqual(['running', 'running'])
    finish('second')
    await reaches(other, second, 'done')
  })
})

describe('a running job', () => {
  test('is cancelled, and makes room for the next', async () => {
    const supervisor = supervise()
    const first = start(supervisor, 'train', 'first')
    const second = start(supervisor, 'train', 'second')
    await reaches(supervisor, first, 'running')
    supervisor.cancel(first)
    await reaches(supervisor, second, 'running')
    expect(supervisor.find(first)).toMatchObject({ state: 'cancelled', error: null })
  })

  test('is paused where it can be taken up again; one that waits or is over cannot be', async () => {
    const supervisor = supervise()
    const first = start(supervisor, 'train', 'first')
    const second = start(supervisor, 'train', 'second')
    await reaches(supervisor, first, 'running')
    expect(() => supervisor.pause(second)).toThrow(/it is queued/)
    expect(supervisor.pause(first).stopping).toBe('pause')
    // Also to a page that is opened afterwards.
    expect(supervisor.list(10).map(({ id, stopping }) => [id, stopping])).toEqual([
      [second, undefined],
      [first, 'pause'],
    ])
    await reaches(supervisor, first, 'paused')
    expect(supervisor.find(first).stopping).toBeUndefined()
    expect(() => supervisor.pause(first)).toThrow(/it is paused/)
  })

  test('that crashes is listed as failed with the reason, and the next one starts', async () => {
    const supervisor = supervise()
    const first = start(supervisor, 'train', 'first', { crash: true })
    const second = start(supervisor, 'train', 'second')
    finish('first')
    await reaches(supervisor, second, 'running')
    const { state, error } = supervisor.find(first)
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'crashed' })
    expect(render(error!.message)).toContain('SIGKILL')
    expect(render(error!.hint!)).toContain('memory')
  })

  test('shows progress that is newer than what is written down', async () => {
    const supervisor = supervise()
    const id = start(supervisor, 'export', 'working')
    const done = () => supervisor.find(id).progress?.done ?? 0
    await until(() => done() > 0)
    const before = done()
    await until(() => done() > before)
    expect(supervisor.find(id).progress).toMatchObject({ stage: phrase`waiting`, unit: 'steps' })
  })
})

describe('what follows a training', () => {
  test('that is done and asked for it is its evaluation, after what waits already', async () => {
    const supervisor = supervise()
    const first = start(supervisor, 'train', 'first', { evaluate: true })
    const second = start(supervisor, 'train', 'second')
    finish('first')
    await reaches(supervisor, second, 'running')
    expect(supervisor.find(3)).toMatchObject({ kind: 'evaluate', input: { run: 'id of first' }, state: 'queued' })
    expect(state(supervisor, first)).toBe('done')
  })

  test.each([
    [
      'refuses for a moment, joins the queue a little later',
      new WorkbenchError('storage', phrase`The disk is full.`),
      true,
    ],
    ['cannot take at all, keeps the host from nothing', new Error('a defect'), false],
  ])('what the disk %s', async (_what, refusal, isTaken) => {
    const supervisor = supervise()
    const first = start(supervisor, 'train', 'first', { evaluate: true })
    const second = start(supervisor, 'train', 'second')
    const complaint = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    onTestFinished(() => complaint.mockRestore())
    disk.refusal = refusal
    finish('first')
    await reaches(supervisor, first, 'done')
    await reaches(supervisor, second, 'running')
    finish('second')
    await reaches(supervisor, second, 'done')
    expect(complaint).toHaveBeenCalledWith(expect.stringContaining(refusal.message))
    if (isTaken) await reaches(supervisor, 3, 'running')
    else expect(() => supervisor.find(3)).toThrow(/no job 3/)
  })

  test('that is paused, or did not ask, is nothing', async () => {
    const supervisor = supervise()
    const paused = start(supervisor, 'train', 'paused', { evaluate: true })
    await reaches(supervisor, paused, 'running')
    supervisor.pause(paused)
    await reaches(supervisor, paused, 'paused')
    const unasked = start(supervisor, 'train', 'unasked')
    finish('unasked')
    await reaches(supervisor, unasked, 'done')
    expect(() => supervisor.find(3)).toThrow(/no job 3/)
  })

  test('that was taken up again is what was asked for when it began, also by a run of its name that is gone', async () => {
    const supervisor = supervise()
    for (const [name, before, wanted] of [
      ['unwanted', true, false],
      ['wanted', false, true],
    ] as const) {
      const gone = start(supervisor, 'train', name, { evaluate: before })
      await reaches(supervisor, gone, 'running')
      supervisor.pause(gone)
      await reaches(supervisor, gone, 'paused')
      const begun = start(supervisor, 'train', name, { evaluate: wanted })
      await reaches(supervisor, begun, 'running')
      supervisor.pause(begun)
      await reaches(supervisor, begun, 'paused')
      listRun(`id of ${name}`, name)
      const refused = start(supervisor, 'train', name, { evaluate: before, crash: true })
      finish(name)
      await reaches(supervisor, refused, 'failed')
      const resumed = start(supervisor, 'resume-training', name)
      await reaches(supervisor, resumed, 'done')
    }
    // The process writes down that it is done before its host hears of its end.
    await expect
      .poll(() => supervisor.find(9), { timeout: 20_000 })
      .toMatchObject({ kind: 'evaluate', input: { run: 'id of wanted' } })
  })
})

/** Lists a run that was created just now. */
function listRun(id: string, name: string): void {
  using opened = openWorkspace(workspace, { mode: 'write' })
  insertRun(opened.database, {
    id,
    name,
    dataset: 'd',
    objective: 'ce',
    device: 'cpu',
    parameterCount: 1,
    totalSteps: 1,
    selectBy: 'nll',
    createdAt: new Date().toISOString(),
  })
}

test('closing pauses what runs, and the next host goes on with the queue', async () => {
  const before = supervise()
  const first = start(before, 'train', 'first')
  const second = start(before, 'train', 'second')
  await reaches(before, first, 'running')
  await before.close()
  const after = supervise()
  expect(state(after, first)).toBe('paused')
  await reaches(after, second, 'running')
  finish('second')
  await reaches(after, second, 'done')
})

test('closing interrupts what cannot be taken up again, with the reason and what to do; what a person cancelled stays cancelled', async () => {
  const before = supervise()
  const stopped = start(before, 'export', 'stopped')
  const cancelled = start(before, 'export', 'cancelled')
  for (const id of [stopped, cancelled]) await reaches(before, id, 'running')
  before.cancel(cancelled)
  await before.close()
  const after = supervise()
  const { state: end, error } = after.find(stopped)
  expect({ end, code: error?.code }).toEqual({ end: 'interrupted', code: 'crashed' })
  expect(render(error!.message)).toBe('The workbench that this job belonged to was stopped while it ran.')
  expect(render(error!.hint!)).toContain('Start it again.')
  expect(after.find(cancelled)).toMatchObject({ state: 'cancelled', error: null })
})

describe('an entry that an older version left in the queue', () => {
  /** How the processes of the workbench themselves end it. */
  async function endOf(kind: string, input: object): Promise<{ state: JobState; said: string }> {
    using opened = openWorkspace(workspace, { mode: 'write', create: true })
    const id = insertJob(opened.database, kind, input, 'queued')
    const supervisor = new JobSupervisor(workspace)
    supervisors.push(supervisor)
    await until(() => !['queued', 'running'].includes(state(supervisor, id)))
    const { state: end, error } = supervisor.find(id)
    return { state: end, said: `${error!.code}: ${render(error!.message)}` }
  }

  test('is taken up where it says that a resumed training is to be evaluated', async () => {
    const entry = { run: 'gone', checkpoint: 'last', evaluate: true }
    expect(await endOf('resume-training', entry)).toEqual({
      state: 'failed',
      said: expect.stringMatching(/^not-found: .*"gone"/),
    })
  })

  test.each([
    ['an option', 'resume-training', { run: 'a', faster: 'yes' }, 'resumed training', 'Unrecognized key: "faster"'],
    ['a kind of work', 'dream', {}, 'dream', 'it knows no such work'],
  ])(
    'fails with what is to be done where it names %s that is not there any more',
    async (_what, kind, input, word, why) => {
      expect(await endOf(kind, input)).toEqual({
        state: 'failed',
        said: `conflict: Job 1 (${word}) was put into the queue by another version of the workbench, and this one cannot do it: ${why}.`,
      })
    },
  )
})

describe('watching', () => {
  /** Collects the last state that a watcher was told of each job, until it is stopped. */
  function watch(supervisor: JobSupervisor) {
    const seen = new Map<number, JobRecord[]>()
    const controller = new AbortController()
    const ended = (async () => {
      for await (const records of supervisor.watch(controller.signal)) {
        for (const record of records) seen.set(record.id, [...(seen.get(record.id) ?? []), record])
      }
    })()
    const last = (id: number) => seen.get(id)?.at(-1)?.state
    const stop = () => {
      controller.abort()
      return ended
    }
    return { seen, last, stop }
  }

  test('tells every subscriber of every change, until it stops listening', async () => {
    const supervisor = supervise()
    const [one, other] = [watch(supervisor), watch(supervisor)]
    const first = start(supervisor, 'train', 'first')
    const second = start(supervisor, 'train', 'second')
    for (const { last } of [one, other]) await until(() => last(first) === 'running' && last(second) === 'queued')
    await one.stop()
    finish('first')
    await until(() => other.last(first) === 'done' && other.last(second) === 'running')
    expect(one.last(first)).toBe('running')
    const progress = other.seen.get(second)!.map((record) => record.progress?.done ?? -1)
    expect(progress).toEqual([...progress].sort((a, b) => a - b))
    await other.stop()
  })

  test('tells of jobs of other hosts too', async () => {
    const [here, elsewhere] = [supervise(), supervise()]
    const watcher = watch(here)
    const id = start(elsewhere, 'export', 'elsewhere')
    await until(() => watcher.last(id) === 'running')
    finish('elsewhere')
    await until(() => watcher.last(id) === 'done')
    await watcher.stop()
  })

  test('ends when the host closes', async () => {
    const supervisor = supervise()
    const watcher = watch(supervisor)
    await supervisor.close()
    await watcher.stop()
    expect(watcher.seen.size).toBe(0)
  })
})
