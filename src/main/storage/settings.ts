import { WorkbenchError } from '../../shared/errors.ts'
import { issuePhrase } from '../../shared/issues.ts'
import { phrase, statements } from '../../shared/phrase.ts'
import { type Settings, type SettingsChange, settings } from '../../shared/settings.ts'
import type { ReadDatabase, WriteDatabase } from './database.ts'
import { storedJson } from './stored-json.ts'

/** What a person chose for the workspace; defaults where nothing was chosen. @throws WorkbenchError `corrupt` when what is stored makes no sense. */
export function readSettings(database: ReadDatabase): Settings {
  const rows = database.query<{ name: string; value: string }>('SELECT name, value FROM settings').all()
  const parsed = settings.safeParse(
    Object.fromEntries(rows.map(({ name, value }) => [name, storedJson(value, phrase`the setting ${name}`)])),
  )
  if (parsed.success) return parsed.data
  const fields = statements(parsed.error.issues.map(issuePhrase))
  throw new WorkbenchError(
    'corrupt',
    phrase`The settings of ${database.file} cannot be used: ${fields}.`,
    phrase`They were written by another version: update the program, or choose another workspace.`,
  )
}

/** Changes what is given and leaves the rest. @returns all of them. */
export function changeSettings(database: WriteDatabase, change: SettingsChange): Settings {
  return database.transaction(() => {
    const write = database.change(
      'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    )
    for (const [name, value] of Object.entries(change)) {
      if (value !== undefined) write.run(name, JSON.stringify(value))
    }
    return readSettings(database)
  })
}
