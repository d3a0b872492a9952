import { fileURLToPath } from 'node:url'
import { beforeEach, expect, test, vi } from 'vitest'
import { PredictionDesks } from '../../src/main/jobs/desks.ts'
import { ResidentProcess } from '../../src/main/jobs/resident.ts'
import { removeRun } from '../../src/main/training/removal.ts'
import { phrase } from '../../src/shared/phrase.ts'
import { createTrainedRun } from '../prediction/trained-run.ts'
import type { TestMethods } from './resident-child.ts'

const module = fileURLToPath(new URL('resident-child.ts', import.meta.url))
const always = new AbortController().signal

let resident: ResidentProcess<TestMethods>
beforeEach(() => {
  resident = new ResidentProcess({ module, parameters: ['10'], work: phrase`the test`, idleMilliseconds: 60_000 })
  return () => resident.close()
})
const add = (value: number, signal = always) => resident.ask('add', value, signal)
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('one process answers all questions, in their order', async () => {
  const answers = await Promise.all([add(1), add(2), add(3)])
  expect(answers.map(({ sum, asked }) => [sum, asked])).toEqual([
    [11, 1],
    [12, 2],
    [13, 3],
  ])
  expect(new Set(answers.map(({ pid }) => pid))).toEqual(new Set([resident.processId]))
})

test('its errors are those of the process, which goes on', async () => {
  await expect(resident.ask('refuse', null, always)).rejects.toMatchObject({
    code: 'input',
    message: 'line 3 is wrong',
    hint: 'repair it',
  })
  expect((await add(1)).asked).toBe(1)
})

test('a crash is told with the last words, and the next question starts a new process', async () => {
  const { pid } = await add(1)
  const [crashed, next] = await Promise.allSettled([resident.ask('crash', null, always), add(1)])
  expect(crashed).toMatchObject({
    reason: { code: 'crashed', message: expect.stringMatching(/the test.*SIGABRT.*assertion failed in native code/s) },
  })
  expect(next).toMatchObject({ status: 'fulfilled', value: { sum: 11, asked: 1 } })
  expect(resident.processId).not.toBe(pid)
})

test('a question whose asker left before its turn is not asked', async () => {
  const leaving = new AbortController()
  const slow = resident.ask('slow', 100, always)
  const dropped = add(1, leaving.signal)
  leaving.abort()
  await expect(dropped).rejects.toMatchObject({ code: 'cancelled' })
  await slow
  expect((await add(1)).asked).toBe(2)
})

test('it ends when nobody asks for a while, and comes back', async () => {
  const brief = new ResidentProcess<TestMethods>({
    module,
    parameters: ['10'],
    work: phrase`the test`,
    idleMilliseconds: 50,
  })
  const { pid } = await brief.ask('add', 1, always)
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5_000 })
  expect(await brief.ask('add', 2, always)).toMatchObject({ sum: 12, asked: 1 })
  brief.close()
})

test('closing ends the process and cancels what was asked', async () => {
  const { pid } = await add(1)
  const asked = resident.ask('slow', 60_000, always)
  resident.close()
  await expect(asked).rejects.toMatchObject({ code: 'cancelled' })
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5_000 })
})

test('a run stays open between questions until it is removed or the desks are closed', async () => {
  using trained = await createTrainedRun()
  const desks = new PredictionDesks(trained.log.workspace.directory)
  const run = { run: 'run-1', checkpoint: 'best' } as const
  const { run: named } = await desks.ask(run, 'describe', undefined, always)
  expect(named).toEqual({ id: 'run-1', name: 'run' })
  const [pid] = desks.processIds
  expect((await desks.ask(run, 'history', { ...run, user: 'user-1', limit: 2 }, always)).events).toHaveLength(2)
  expect(desks.processIds).toEqual([pid])
  await removeRun(trained.log.workspace, 'run-1')
  await expect(desks.ask(run, 'describe', undefined, always)).rejects.toMatchObject({ code: 'not-found' })
  desks.close()
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5_000 })
})
