import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { WriteDatabase } from '../../src/main/storage/database.ts'
import { openWorkspace, type WriteWorkspace } from '../../src/main/storage/workspace.ts'
import { type DatasetConfigurationInput, datasetConfiguration } from '../../src/shared/configuration.ts'

/** One event of a test's log. `time` is UTC milliseconds, and local ones too without an offset. */
export interface LogEvent {
  user: string
  time: number
  behaviour: string
  location?: string
  /** Minutes east of UTC. */
  utcOffset?: number
}

export interface LogWorkspace extends Disposable {
  readonly workspace: WriteWorkspace
  readonly directory: string
  /** Adds a source, without going through an import: events in the order of a file. Returns its id. */
  addSource(name: string, events: Iterable<LogEvent>, options?: { simulated?: boolean }): number
}

/** A workspace in a temporary folder that goes away with it; made inside `parent`. */
export function createLogWorkspace(parent: string = tmpdir()): LogWorkspace {
  const directory = mkdtempSync(path.join(parent, 'behavegpt-test-'))
  const workspace = openWorkspace(directory, { mode: 'write', create: true })
  return {
    workspace,
    directory,
    addSource: (name, events, options) => addSource(workspace.database, name, events, options),
    [Symbol.dispose]() {
      workspace.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** The complete configuration of a test's dataset. */
export function configure(configuration: Partial<DatasetConfigurationInput> = {}) {
  return datasetConfiguration.parse({ name: 'test', ...configuration })
}

function addSource(
  database: WriteDatabase,
  name: string,
  events: Iterable<LogEvent>,
  { simulated = false }: { simulated?: boolean } = {},
): number {
  return database.transaction(() => {
    const { lastInsertRowid: source } = database
      .change(
        `INSERT INTO sources (name, state, format, mapping, time_format, time_zone, simulated, created_at)
         VALUES (?, 'ready', 'csv', '{"user":"u","time":"t","event":"e","location":"l"}', 'iso', 'UTC', ?, '2025-01-01T00:00:00.000Z')`,
      )
      .run(name, simulated ? 1 : 0)
    const idOf = dictionary(database)
    const insert = database.change(
      'INSERT INTO events (user, time, source, tie, behaviour, location, utc_offset) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    let tie = 0
    for (const { user, time, behaviour, location = '', utcOffset = 0 } of events) {
      insert.run(
        idOf('users', user),
        time,
        source,
        tie++,
        idOf('behaviours', behaviour),
        idOf('locations', location),
        utcOffset,
      )
    }
    database.change('UPDATE sources SET rows = ?, events = ? WHERE id = ?').run(tie, tie, source)
    return source
  })
}

function dictionary(database: WriteDatabase) {
  const known = new Map<string, number>()
  return (table: 'users' | 'behaviours' | 'locations', name: string): number => {
    const key = `${table} ${name}`
    let id = known.get(key)
    if (id === undefined) {
      database.change(`INSERT INTO ${table} (name) VALUES (?) ON CONFLICT DO NOTHING`).run(name)
      id = database.query<{ id: number }>(`SELECT id FROM ${table} WHERE name = ?`).get(name)!.id
      known.set(key, id)
    }
    return id
  }
}
