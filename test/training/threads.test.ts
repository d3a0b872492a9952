import { expect, test } from 'vitest'
import { changeSettings } from '../../src/main/storage/settings.ts'
import { defaultThreads, threadsOf } from '../../src/main/training/threads.ts'
import { createLogWorkspace } from '../support/log-workspace.ts'

test('a training that names no threads uses those of the settings, or one for each physical core', () => {
  using log = createLogWorkspace()
  expect(threadsOf(log.workspace)).toBe(defaultThreads())
  changeSettings(log.workspace.database, { threads: 7 })
  expect(threadsOf(log.workspace)).toBe(7)
})
