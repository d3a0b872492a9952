import { extname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import {
  BIGINT,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api'
import { csvText } from '../../shared/csv.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import { withTemporaryDirectory, writeFileAtomic } from './files.ts'
import { writeCsvLines } from './text-lines.ts'

/** A column of a table that is written as a file. */
export interface FileColumn {
  readonly name: string
  /** In Parquet: VARCHAR, DOUBLE, INT32 and INT64, the last for whole numbers of any size that a number holds exactly. */
  readonly type: 'text' | 'number' | 'integer' | 'whole'
}

/** Texts in columns of text, numbers in the others; null is an empty field. */
export type FileCell = string | number | null

const writers = { '.csv': writeCsv, '.parquet': writeParquet } as const
const parquetTypes = { text: VARCHAR, number: DOUBLE, integer: INTEGER, whole: BIGINT } as const

function writerOf(path: string): (typeof writers)['.csv' | '.parquet'] {
  const ending = extname(path).toLowerCase()
  if (ending === '.csv' || ending === '.parquet') return writers[ending]
  throw new WorkbenchError(
    'usage',
    phrase`No table can be written to ${path}: its ending says no known format.`,
    phrase`End the path in .csv or .parquet.`,
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
export async function writeTableFile(
  path: string,
  columns: readonly FileColumn[],
  rows: Iterable<readonly FileCell[]>,
  scratch: string,
): Promise<void> {
  const write = writerOf(path)
  await writeFileAtomic(path, (temporary) => write(temporary, columns, rows, scratch))
}

/** As of RFC 4180; texts as of `csvText`, numbers as they are. */
function writeCsv(path: string, columns: readonly FileColumn[], rows: Iterable<readonly FileCell[]>): Promise<void> {
  return writeCsvLines(path, csvLines(columns, rows))
}

function* csvLines(columns: readonly FileColumn[], rows: Iterable<readonly FileCell[]>): Generator<string> {
  yield columns.map(({ name }) => csvText(name)).join(',')
  for (const row of rows) yield row.map(csvField).join(',')
}

function csvField(value: FileCell): string {
  if (value === null) return ''
  return typeof value === 'number' ? String(value) : csvText(value)
}

/** Texts as they are: nothing interprets a Parquet field. The rows pass through a DuckDB file in `scratch`, so memory stays bounded. */
async function writeParquet(
  path: string,
  columns: readonly FileColumn[],
  rows: Iterable<readonly FileCell[]>,
  scratch: string,
): Promise<void> {
  await withTemporaryDirectory(scratch, 'table', async (directory) => {
    const instance = await DuckDBInstance.create(join(directory, 'table.duckdb'), duckDbOptions)
    try {
      await copyToParquet(await instance.connect(), path, columns, rows)
    } catch (error) {
      throw toTableError(error, path)
    } finally {
      instance.closeSync()
    }
  })
}

const duckDbOptions = { memory_limit: '256MB', threads: '1' }
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

async function copyToParquet(
  connection: DuckDBConnection,
  path: string,
  columns: readonly FileColumn[],
  rows: Iterable<readonly FileCell[]>,
): Promise<void> {
  const types = columns.map(({ type }) => parquetTypes[type])
  await connection.run(
    `CREATE TABLE rows (${columns.map(({ name }, index) => `${quoted(name)} ${types[index]}`).join(', ')})`,
  )
  const appender = await connection.createAppender('rows')
  for (const values of chunksOfColumns(rows, columns, 2048)) {
    const chunk = DuckDBDataChunk.create(types)
    chunk.setColumns(values)
    appender.appendDataChunk(chunk)
    // Appending is synchronous: lets a cancellation arrive.
    await setImmediate()
  }
  appender.closeSync()
  await connection.run(`COPY rows TO '${path.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`)
  connection.closeSync()
}

/** DuckDB names the kind of a failure at the start of its message. */
function toTableError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !/^(IO|Permission|Out of Memory) Error/.test(error.message)) return error
  return new WorkbenchError(
    'storage',
    phrase`The table cannot be written to ${path}: ${error.message}.`,
    phrase`Check that the folder can be written to and has room.`,
    { cause: error },
  )
}

/** What DuckDB takes: whole numbers of 64 bits are no numbers of JavaScript. */
type ParquetCell = FileCell | bigint

function* chunksOfColumns(
  rows: Iterable<readonly FileCell[]>,
  columns: readonly FileColumn[],
  size: number,
): Generator<ParquetCell[][]> {
  const empty = () => columns.map((): ParquetCell[] => [])
  const isWhole = columns.map(({ type }) => type === 'whole')
  let cells = empty()
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      cells[index].push(isWhole[index] && cell !== null ? BigInt(cell) : cell)
    }
    if (cells[0].length === size) {
      yield cells
      cells = empty()
    }
  }
  if (cells[0].length > 0) yield cells
}
