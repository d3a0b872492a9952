import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { importFiles } from '../../src/main/ingest/import.ts'
import { readNames } from '../../src/main/storage/dictionaries.ts'
import { readEvents } from '../../src/main/storage/events.ts'
import { openWorkspace, type ReadWorkspace, type WriteWorkspace } from '../../src/main/storage/workspace.ts'
import type { ImportOptionsInput } from '../../src/shared/configuration.ts'
import type { Source } from '../../src/shared/logs.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { temporaryFolder } from '../support/folders.ts'

/** An empty workspace that goes away after the test. */
export function newWorkspace(folder: string = temporaryFolder()): WriteWorkspace {
  const workspace = openWorkspace(folder, { mode: 'write', create: true })
  onTestFinished(() => workspace.close())
  return workspace
}

/** Writes a file for the test and returns its path. */
export function fileWith(content: string | Uint8Array, name = 'log.csv'): string {
  const file = path.join(temporaryFolder(), name)
  writeFileSync(file, content)
  return file
}

export function importFile(
  workspace: WriteWorkspace,
  file: string,
  options: Partial<ImportOptionsInput> = {},
): Promise<Source> {
  return importFiles(workspace, { files: [file], ...options }, silentContext)
}

/** What is stored, readable: `user time event location`, times local. */
export function storedEvents(workspace: ReadWorkspace): string[] {
  const users = readNames(workspace.database, 'users')
  const behaviours = readNames(workspace.database, 'behaviours')
  const locations = readNames(workspace.database, 'locations')
  return [...readEvents(workspace.database)].map(([user, time, behaviour, location]) =>
    `${users[user]} ${new Date(time).toISOString().slice(0, -5)} ${behaviours[behaviour]} ${locations[location]}`.trimEnd(),
  )
}

/** Every row of every table that an import writes: what must be unchanged by one that fails. */
export function everything(workspace: ReadWorkspace): Record<string, unknown[]> {
  const tables = ['users', 'behaviours', 'locations', 'sources', 'source_files', 'events', 'rejects', 'locks']
  const tallies = [
    'source_users',
    'source_behaviours',
    'source_locations',
    'source_hours',
    'source_days',
    'source_behaviour_days',
    'source_behaviour_hours',
  ]
  return Object.fromEntries(
    [...tables, ...tallies].map((table) => [table, workspace.database.query(`SELECT * FROM ${table}`).all()]),
  )
}
