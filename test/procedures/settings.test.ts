import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import * as settings from '../../src/main/procedures/settings.ts'
import { createWorkbench } from '../../src/main/workbench.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { createLogWorkspace } from '../support/log-workspace.ts'

const get = async (directory: string) => createWorkbench(directory).call(settings.get, {}, silentContext)
const set = async (directory: string, change: object) =>
  createWorkbench(directory).call(settings.set, change, silentContext)

test('a change is kept for every host of the workspace, which also says what the machine has', async () => {
  using log = createLogWorkspace()
  await set(log.directory, { theme: 'dark', language: 'zh-CN' })
  const here = await get(log.directory)
  expect(here.settings).toMatchObject({ theme: 'dark', language: 'zh-CN', threads: null })
  expect(here.processors).toBe(availableParallelism())
  expect(here.automaticThreads).toBeLessThanOrEqual(here.processors)
})

test.each([
  [{ theme: 'pink' }, /theme/],
  [{ threads: 0 }, /threads/],
  [{ threads: availableParallelism() + 1 }, /this machine has \d+ processors/],
  [{ shortcuts: { 'review.next': '' } }, /shortcuts\.review\.next/],
  [{ colour: 'red' }, /colour/],
])('%j is refused by name, and nothing changes', async (change, message) => {
  using log = createLogWorkspace()
  const before = await get(log.directory)
  await expect(set(log.directory, change)).rejects.toThrow(message)
  expect(await get(log.directory)).toEqual(before)
})
