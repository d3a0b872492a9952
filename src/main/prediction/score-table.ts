import { open } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { DOUBLE, type DuckDBConnection, DuckDBDataChunk, DuckDBInstance, INTEGER, VARCHAR } from '@duckdb/node-api'
import { WorkbenchError } from '../../shared/errors.ts'
import { withTemporaryDirectory, writeFileAtomic } from '../storage/files.ts'

/** One line of a table of scores. */
export interface ScoreRow {
  user: string
  /** 1 is the most probable. */
  rank: number
  behaviour: string
  probability: number
}

const writers = { '.csv': writeCsv, '.parquet': writeParquet } as const

function writerOf(path: string): (typeof writers)['.csv' | '.parquet'] {
  const ending = extname(path).toLowerCase()
  if (ending === '.csv' || ending === '.parquet') return writers[ending]
  throw new WorkbenchError(
    'usage',
    `Scores cannot be written to ${path}: its ending says no known format.`,
    'End the path in .csv or .parquet.',
  )
}

/** Throws WorkbenchError `usage` unless the path ends in `.csv` or `.parquet`. */
export function assertTablePath(path: string): void {
  writerOf(path)
}

/**
 * Writes a whole table or leaves the old file untouched. The rows are read once, in bounded memory; whatever the iterator throws
 * (a cancellation, say) leaves nothing behind. `scratch` is a folder for a short-lived working file.
 * Throws WorkbenchError `storage` when the disk refuses.
 */
export async function writeScoreTable(path: string, rows: Iterable<ScoreRow>, scratch: string): Promise<void> {
  const write = writerOf(path)
  await writeFileAtomic(path, (temporary) => write(temporary, rows, scratch))
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

/** Texts as they are: nothing interprets a Parquet field. The rows pass through a DuckDB file in `scratch`, so memory stays bounded. */
async function writeParquet(path: string, rows: Iterable<ScoreRow>, scratch: string): Promise<void> {
  await withTemporaryDirectory(scratch, 'scores', async (directory) => {
    const instance = await DuckDBInstance.create(join(directory, 'scores.duckdb'), duckDbOptions)
    try {
      await copyToParquet(await instance.connect(), path, rows)
    } catch (error) {
      throw toStorageError(error, path)
    } finally {
      instance.closeSync()
    }
  })
}

const duckDbOptions = { memory_limit: '256MB', threads: '1' }

async function copyToParquet(connection: DuckDBConnection, path: string, rows: Iterable<ScoreRow>): Promise<void> {
  await connection.run('CREATE TABLE scores (user VARCHAR, rank INTEGER, behaviour VARCHAR, probability DOUBLE)')
  const appender = await connection.createAppender('scores')
  for (const columns of chunksOfColumns(rows, 2048)) {
    const chunk = DuckDBDataChunk.create([VARCHAR, INTEGER, VARCHAR, DOUBLE])
    chunk.setColumns(columns)
    appender.appendDataChunk(chunk)
    // Appending is synchronous: lets a cancellation arrive.
    await setImmediate()
  }
  appender.closeSync()
  await connection.run(`COPY scores TO '${path.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`)
  connection.closeSync()
}

/** DuckDB names the kind of a failure at the start of its message. */
function toStorageError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !/^(IO|Permission|Out of Memory) Error/.test(error.message)) return error
  return new WorkbenchError(
    'storage',
    `The scores cannot be written to ${path}: ${error.message}.`,
    'Check that the folder can be written to and has room.',
    { cause: error },
  )
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
