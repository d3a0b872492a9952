import { expect, test } from 'vitest'
import { changeSettings, readSettings } from '../../src/main/storage/settings.ts'
import { createLogWorkspace } from '../support/log-workspace.ts'

test('settings have defaults, keep what was chosen, and change one by one', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  expect(readSettings(database)).toEqual({ theme: null, language: null, threads: null, shortcuts: {} })
  changeSettings(database, { theme: 'dark', threads: 2 })
  const all = changeSettings(database, { threads: null, shortcuts: { 'review.next': 'N', 'review.flag': null } })
  expect(all).toEqual({
    theme: 'dark',
    language: null,
    threads: null,
    shortcuts: { 'review.next': 'N', 'review.flag': null },
  })
  expect(readSettings(database)).toEqual(all)
})

test('settings that make no sense are named', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  database.change('INSERT INTO settings (name, value) VALUES (?, ?)').run('threads', '"many"')
  expect(() => readSettings(database)).toThrow(/settings of .* cannot be used: threads/)
})
