import { columnMapping } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import type { FileFormat, Source, SourceCounts, SourceDescription, SourceFile, TimeFormat } from '../../shared/logs.ts'
import { atTerminal, phrase } from '../../shared/phrase.ts'
import type { ReadDatabase, WriteDatabase } from './database.ts'
import { storedJson } from './stored-json.ts'

interface SourceRow {
  id: number
  name: string
  format: FileFormat
  mapping: string
  time_format: TimeFormat
  time_zone: string
  simulated: number
  rows: number
  events: number
  duplicates: number
  rejected: number
  first_time: number | null
  last_time: number | null
  created_at: string
}

function toSource(database: ReadDatabase, row: SourceRow): Source {
  return {
    id: row.id,
    name: row.name,
    format: row.format,
    mapping: storedJson(row.mapping, phrase`the mapping of source ${row.name}`, columnMapping.parse),
    timeFormat: row.time_format,
    timeZone: row.time_zone,
    simulated: row.simulated === 1,
    rows: row.rows,
    events: row.events,
    duplicates: row.duplicates,
    rejected: row.rejected,
    firstTime: row.first_time,
    lastTime: row.last_time,
    createdAt: row.created_at,
    files: database
      .query<SourceFile>('SELECT path, sha256, size FROM source_files WHERE source = ? ORDER BY position')
      .all(row.id),
  }
}

/** Every completely imported source, oldest first. */
export function readySources(database: ReadDatabase): Source[] {
  return database
    .query<SourceRow>("SELECT * FROM sources WHERE state = 'ready' ORDER BY id")
    .all()
    .map((row) => toSource(database, row))
}

/** How many users have events in a source. */
export function countUsers(database: ReadDatabase, source: number): number {
  return database.query<{ users: number }>('SELECT count(*) AS users FROM source_users WHERE source = ?').get(source)!
    .users
}

/** Finds a source by its name, or else by its id. @throws WorkbenchError `not-found` that lists the sources there are. */
export function findSource(database: ReadDatabase, nameOrId: string): Source {
  return resolveSources(database, [nameOrId])[0]
}

/** Finds sources by name or id, each once, in the order of their ids. @throws WorkbenchError `not-found` that lists the sources there are. */
export function resolveSources(database: ReadDatabase, namesOrIds: readonly string[]): Source[] {
  const all = readySources(database)
  const wanted = new Set<number>()
  for (const nameOrId of namesOrIds) {
    const found = all.find(({ name }) => name === nameOrId) ?? all.find(({ id }) => String(id) === nameOrId)
    if (found === undefined) {
      const known = all.map(({ id, name }) => `${id} ${name}`).join(', ')
      throw new WorkbenchError(
        'not-found',
        phrase`There is no source ${nameOrId}.`,
        known === '' ? phrase`Import a log first.` : phrase`Sources: ${known}.`,
      )
    }
    wanted.add(found.id)
  }
  return all.filter(({ id }) => wanted.has(id))
}

/** The sources that are named, or all of them where none are. Errors as of `resolveSources`. */
export function sourcesOf(database: ReadDatabase, { sources = [] }: { sources?: readonly string[] }): Source[] {
  return sources.length > 0 ? resolveSources(database, sources) : readySources(database)
}

/** A file and what it holds once it is decompressed; of one that is not compressed, the same. */
export interface IdentifiedFile extends SourceFile {
  content: Pick<SourceFile, 'sha256' | 'size'>
}

/** The source that holds a file of this content, if any, however the two are compressed. */
export function findFile(
  database: ReadDatabase,
  { sha256, content }: Pick<IdentifiedFile, 'sha256' | 'content'>,
): { source: string; path: string } | undefined {
  return database
    .query<{ source: string; path: string }>(
      "SELECT sources.name AS source, source_files.path AS path FROM source_files JOIN sources ON sources.id = source_files.source WHERE (sha256 IN (?, ?) OR content_sha256 = ?) AND state = 'ready'",
    )
    .get(sha256, content.sha256, content.sha256)
}

/**
 * Whether a file of this size was imported, or one that holds as many bytes: only such a one can be the same.
 * @param contentSize modulo 2^32, as compressed files tell it; undefined where a file does not.
 */
export function hasFileOfSize(database: ReadDatabase, size: number, contentSize: number | undefined): boolean {
  const found = database
    .query('SELECT 1 FROM source_files WHERE size = ? OR coalesce(content_size, size) % 4294967296 = ?')
    .get(size, contentSize ?? null)
  return found !== undefined
}

export function isSourceNameTaken(database: ReadDatabase, name: string): boolean {
  return database.query('SELECT 1 FROM sources WHERE name = ?').get(name) !== undefined
}

/**
 * Begins a source. It stays invisible, and goes away after a crash, until `completeSource`. The caller holds the lock `logs`.
 * @throws WorkbenchError `conflict` when the name is taken.
 */
export function beginSource(
  database: WriteDatabase,
  description: SourceDescription,
  files: readonly IdentifiedFile[],
): number {
  return database.transaction(() => {
    if (isSourceNameTaken(database, description.name)) {
      throw new WorkbenchError(
        'conflict',
        phrase`There is already a source ${description.name}.`,
        phrase`Choose another name${atTerminal('--source')}, or remove that source first.`,
      )
    }
    const { lastInsertRowid: source } = database
      .change(
        `INSERT INTO sources (name, state, format, mapping, time_format, time_zone, simulated, created_at) VALUES (?, 'writing', ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        description.name,
        description.format,
        JSON.stringify(description.mapping),
        description.timeFormat,
        description.timeZone,
        description.simulated ? 1 : 0,
        new Date().toISOString(),
      )
    files.forEach(({ path, sha256, size, content }, position) => {
      database
        .change(
          'INSERT INTO source_files (source, position, path, sha256, size, content_sha256, content_size) VALUES (?, ?, ?, ?, ?, ?, ?)',
        )
        .run(source, position, path, sha256, size, content.sha256, content.size)
    })
    return source
  })
}

/** Makes a source visible with everything in it. */
export function completeSource(database: WriteDatabase, source: number, counts: SourceCounts): void {
  database
    .change(
      `UPDATE sources SET state = 'ready', rows = ?, events = ?, duplicates = ?, rejected = ?, first_time = ?, last_time = ? WHERE id = ?`,
    )
    .run(counts.rows, counts.events, counts.duplicates, counts.rejected, counts.firstTime, counts.lastTime, source)
}
