import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { DOUBLE, DuckDBDataChunk, DuckDBInstance, INTEGER, VARCHAR } from '@duckdb/node-api'
import { WorkbenchError } from '../../shared/errors.ts'

/** One line of a table of scores. */
export interface ScoreRow {
  user: string
  /** 1 is the most probable. */
  rank: number
  behaviour: string
  probability: number
}

/** A table that is complete under a temporary name; it gets its own name, or disappears. */
export interface PendingTable {
  commit(): Promise<void>
  discard(): Promise<void>
}

const formats = { '.csv': writeCsv, '.parquet': writeParquet } as const

/** Throws WorkbenchError `usage` unless the path ends in `.csv` or `.parquet`. */
export function assertTablePath(path: string): void {
  if (extname(path).toLowerCase() in formats) return
  throw new WorkbenchError(
    'usage',
    `Scores cannot be written to ${path}: its ending says no known format.`,
    'End the path in .csv or .parquet.',
  )
}

/**
 * Writes rows beside `path` under a temporary name and syncs them; `commit` renames. The rows are read once, in bounded memory; whatever the
 * iterator throws (a cancellation, say) removes the temporary file. Throws WorkbenchError `storage` when the disk refuses.
 */
export async function prepareScoreTable(path: string, rows: Iterable<ScoreRow>): Promise<PendingTable> {
  assertTablePath(path)
  const final = resolve(path)
  const temporary = join(dirname(final), `.${basename(final)}.${randomUUID()}`)
  const discard = () => rm(temporary, { force: true })
  try {
    await formats[extname(path).toLowerCase() as keyof typeof formats](temporary, rows)
    const file = await open(temporary, 'r')
    await file.sync().finally(() => file.close())
  } catch (error) {
    await discard()
    throw asStorageError(error, path)
  }
  return { commit: () => rename(temporary, final), discard }
}

function asStorageError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code
  const isFromDuckDb = error instanceof Error && /^(IO|Permission|Out of Memory) Error/i.test(error.message)
  if (error instanceof WorkbenchError || (typeof code !== 'string' && !isFromDuckDb)) return error
  return new WorkbenchError(
    'storage',
    `The scores cannot be written to ${path}: ${(error as Error).message}.`,
    'Check that the folder exists, can be written to and has room.',
    { cause: error },
  )
}

/** Rows kept in memory before they are handed to the file. */
const bufferedRows = 4096

async function writeCsv(path: string, rows: Iterable<ScoreRow>): Promise<void> {
  const file = await open(path, 'wx')
  try {
    let lines = ['user,rank,behaviour,probability']
    const flush = async () => {
      await file.appendFile(`${lines.join('\n')}\n`)
      lines = []
    }
    for (const { user, rank, behaviour, probability } of rows) {
      lines.push(`${csvText(user)},${rank},${csvText(behaviour)},${probability}`)
      if (lines.length >= bufferedRows) await flush()
    }
    if (lines.length > 0) await flush()
  } finally {
    await file.close()
  }
}

/**
 * A text as a CSV field (RFC 4180). One that a spreadsheet would take for a formula (it starts with = + - @, tab or return) gets a
 * leading apostrophe, so that opening the file runs nothing.
 */
export function csvText(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/** Texts as they are: nothing interprets a Parquet field. The rows pass through a DuckDB file, so memory stays bounded. */
async function writeParquet(path: string, rows: Iterable<ScoreRow>): Promise<void> {
  const database = `${path}.duckdb`
  const instance = await DuckDBInstance.create(database, { memory_limit: '256MB', threads: '1' })
  try {
    const connection = await instance.connect()
    await connection.run('CREATE TABLE scores (user VARCHAR, rank INTEGER, behaviour VARCHAR, probability DOUBLE)')
    const appender = await connection.createAppender('scores')
    for (const columns of chunksOfColumns(rows, 2048)) {
      const chunk = DuckDBDataChunk.create([VARCHAR, INTEGER, VARCHAR, DOUBLE])
      chunk.setColumns(columns)
      appender.appendDataChunk(chunk)
    }
    appender.closeSync()
    await connection.run(`COPY scores TO '${path.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`)
    connection.closeSync()
  } finally {
    instance.closeSync()
    await Promise.all([database, `${database}.wal`].map((file) => rm(file, { force: true })))
  }
}

type ScoreColumns = [string[], number[], string[], number[]]

function* chunksOfColumns(rows: Iterable<ScoreRow>, size: number): Generator<ScoreColumns> {
  let columns: ScoreColumns = [[], [], [], []]
  for (const { user, rank, behaviour, probability } of rows) {
    columns[0].push(user)
    columns[1].push(rank)
    columns[2].push(behaviour)
    columns[3].push(probability)
    if (columns[0].length === size) {
      yield columns
      columns = [[], [], [], []]
    }
  }
  if (columns[0].length > 0) yield columns
}
