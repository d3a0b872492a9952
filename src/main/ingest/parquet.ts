import path from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { throwIfCancelled, WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import { type Fields, longestRaw, type RowSink } from './fields.ts'
import type { InputFile } from './input-file.ts'
import type { ColumnSample } from './mapping.ts'

const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`
const text = (value: string) => `'${value.replaceAll("'", "''")}'`

/** Runs `work` on an in-memory DuckDB that reads times in UTC and keeps the order of the file. */
async function withDuckDb<Result>(
  file: InputFile,
  work: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  if (file.compression !== 'none') {
    throw new WorkbenchError(
      'input',
      phrase`${file.path} is a ${file.compression}-compressed Parquet file.`,
      phrase`Parquet is compressed inside: decompress the file first.`,
    )
  }
  if (!file.isParquet) {
    throw new WorkbenchError(
      'input',
      phrase`${file.path} is not a Parquet file.`,
      phrase`Say which format it has, or leave that to be guessed.`,
    )
  }
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '256MB', threads: '2' })
  const connection = await instance.connect()
  try {
    await connection.run("SET TimeZone = 'UTC'")
    return await work(connection)
  } catch (error) {
    if (error instanceof WorkbenchError) throw error
    // DuckDB names the file again.
    const reason = (error as Error).message.split('\n')[0].replaceAll(file.path, path.basename(file.path))
    throw new WorkbenchError(
      'input',
      phrase`${file.path} cannot be read as Parquet: ${reason}.`,
      phrase`Check that the file is complete.`,
      { cause: error },
    )
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/**
 * The columns of a Parquet file and some of their values, as texts.
 * @param rowsOf how many rows are shown of such columns; it may refuse them.
 */
export async function describeParquet(
  file: InputFile,
  rowsOf: (columns: readonly string[]) => number,
): Promise<ColumnSample> {
  return withDuckDb(file, async (connection) => {
    const source = `read_parquet(${text(file.path)})`
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`)
    const columns = described.getRowObjectsJson().map((row) => String(row.column_name))
    const casts = columns.map((column) => `CAST(${identifier(column)} AS VARCHAR) AS ${identifier(column)}`)
    const sampled = await connection.runAndReadAll(`SELECT ${casts.join(', ')} FROM ${source} LIMIT ${rowsOf(columns)}`)
    const values = sampled.getColumnsObject() as Record<string, (string | null)[]>
    return {
      file: file.path,
      columns,
      values: new Map(columns.map((column) => [column, values[column].map((value) => value ?? '')])),
    }
  })
}

/** Rows of a Parquet file in order, as texts; the "line" is the number of the row. Dates and times become ISO-8601. */
export async function readParquet(
  file: InputFile,
  columns: readonly (string | null)[],
  sink: RowSink,
  fields: Fields,
  signal: AbortSignal,
  onRows: (share: number) => Promise<void>,
): Promise<void> {
  await withDuckDb(file, async (connection) => {
    const source = `read_parquet(${text(file.path)})`
    const counted = await connection.runAndReadAll(`SELECT CAST(count(*) AS DOUBLE) FROM ${source}`)
    const total = Number(counted.getRows()[0][0])
    const casts = columns.map((column) => (column === null ? "''" : `CAST(${identifier(column)} AS VARCHAR)`))
    const result = await connection.stream(`SELECT ${casts.join(', ')} FROM ${source}`)
    let line = 0
    for (;;) {
      throwIfCancelled(signal)
      const chunk = await result.fetchChunk()
      if (chunk === null || chunk.rowCount === 0) return
      const values = chunk.getColumns() as (string | null)[][]
      for (let row = 0; row < chunk.rowCount; row++) {
        line++
        fields.clear()
        for (let field = 0; field < columns.length; field++) fields.setText(field, values[field][row] ?? '')
        sink.row(line, fields, () => JSON.stringify(values.map((column) => column[row])).slice(0, longestRaw))
      }
      await onRows(line / total)
    }
  })
}
