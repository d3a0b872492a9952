import { unguarded } from '../../shared/csv.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import type { FileFormat } from '../../shared/logs.ts'
import { type Phrase, phrase } from '../../shared/phrase.ts'
import { DelimitedReader, type Dialect, dialectOf } from './delimited.ts'
import { Fields, longestRecord, type RowSink } from './fields.ts'
import { type InputFile, readSample } from './input-file.ts'
import { parseLine, sampleText } from './json-lines.ts'
import { type ColumnSample, guessTimeFormat } from './mapping.ts'
import { describeParquet } from './parquet.ts'
import { convert, foreignEncoding } from './text-encoding.ts'

/** What a file holds, found from its name and first bytes. */
export interface Layout {
  format: FileFormat
  /** Delimited text only. */
  dialect?: Dialect
  sample: ColumnSample
}

/** Rows that guesses are made from, and values of all of them together: a wide table shows fewer rows. */
const sampleRows = 200
const sampleValues = 50_000

/** Bytes that are looked at to tell texts from other data, and that are split at once until there are enough rows. */
const splitBytes = 1 << 16

/** More columns than a table of events can have. */
const mostColumns = 10_000

const extensions: [RegExp, FileFormat][] = [
  [/\.(tsv|tab)$/i, 'tsv'],
  [/\.(jsonl|ndjson|json)$/i, 'jsonl'],
  [/\.parquet$/i, 'parquet'],
  [/\.(csv|txt)$/i, 'csv'],
]

const foreignFiles: [number[], Phrase][] = [
  [[0x50, 0x4b, 0x03, 0x04], phrase`a ZIP archive or a spreadsheet`],
  [[0x53, 0x51, 0x4c, 0x69], phrase`an SQLite database`],
  [[0x25, 0x50, 0x44, 0x46], phrase`a PDF document`],
]

function formatOf(file: InputFile, sample: Buffer): FileFormat {
  if (sample.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet'
  const name = file.path.replace(/\.(gz|zst)$/i, '')
  const named = extensions.find(([pattern]) => pattern.test(name))?.[1]
  if (named !== undefined) return named
  return /^\s*\{/.test(sample.subarray(0, 64).toString('latin1')) ? 'jsonl' : 'csv'
}

function refuseBinary(file: InputFile, sample: Buffer): void {
  const encoding = foreignEncoding(sample)
  if (encoding !== undefined)
    throw new WorkbenchError('input', phrase`${file.path} is ${encoding} text, not UTF-8.`, convert(encoding))
  const foreign = foreignFiles.find(([magic]) => magic.every((byte, index) => sample[index] === byte))
  let control = 0
  const looked = sample.subarray(0, splitBytes)
  for (const byte of looked) if (byte < 9 || (byte > 13 && byte < 32)) control++
  if (foreign === undefined && 50 * control <= looked.length) return
  throw new WorkbenchError(
    'input',
    phrase`${file.path} is ${foreign?.[1] ?? phrase`a binary file`}, not a text table.`,
    phrase`Export it as CSV (UTF-8), TSV, JSON lines or Parquet.`,
  )
}

/**
 * Looks at the beginning of a file.
 * @throws WorkbenchError `input` for an empty, binary or header-less file, and for one that is not a table.
 */
export async function inspectLayout(file: InputFile, given?: FileFormat): Promise<Layout> {
  const bytes = await readSample(file, longestRecord)
  if (bytes.length === 0)
    throw new WorkbenchError('input', phrase`${file.path} is empty.`, phrase`Its first line must name the columns.`)
  const format = given ?? formatOf(file, bytes)
  if (format === 'parquet') return { format, sample: await describeParquet(file, (columns) => rowsOf(file, columns)) }
  refuseBinary(file, bytes)
  const text = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
  return format === 'jsonl' ? { format, sample: sampleJson(file, text) } : sampleDelimited(file, text, format)
}

/** How many rows are shown of columns. @throws WorkbenchError `input` where there are too many of these. */
function rowsOf(file: InputFile, { length: columns }: readonly string[]): number {
  if (columns > mostColumns) {
    throw new WorkbenchError(
      'input',
      phrase`${file.path} has ${columns} columns, more than the ${mostColumns} that a log can have.`,
      phrase`Export the columns of user, time, event and location only.`,
    )
  }
  return Math.max(1, Math.min(sampleRows, Math.floor(sampleValues / columns)))
}

function sampleJson(file: InputFile, bytes: Buffer): ColumnSample {
  const lines = bytes.toString().split('\n', sampleRows)
  if (lines[0].trimStart().startsWith('[')) {
    throw new WorkbenchError(
      'input',
      phrase`${file.path} holds a JSON array, not JSON lines.`,
      phrase`One object per line is needed: jq -c '.[]' FILE > FILE.jsonl.`,
    )
  }
  const objects = lines.map(parseLine).filter((object) => object !== undefined)
  const columns = [...new Set(objects.flatMap((object) => Object.keys(object)))]
  if (columns.length === 0)
    throw new WorkbenchError(
      'input',
      phrase`${file.path} holds no JSON objects in its first lines.`,
      phrase`Each line must be one object, such as {"user": "u1", ...}.`,
    )
  const shown = objects.slice(0, rowsOf(file, columns))
  const values = new Map(columns.map((column) => [column, shown.map((object) => sampleText(object[column]))]))
  return { file: file.path, columns, values }
}

function sampleDelimited(file: InputFile, bytes: Buffer, format: 'csv' | 'tsv'): Layout {
  const newline = bytes.indexOf(10) < 0 && bytes.indexOf(13) >= 0 ? 13 : 10
  if (bytes.indexOf(newline) < 0 && bytes.length >= longestRecord) {
    throw new WorkbenchError(
      'input',
      phrase`The first line of ${file.path} is longer than ${longestRecord} bytes.`,
      phrase`This is no table with a line per event.`,
    )
  }
  const header = bytes.subarray(0, bytes.indexOf(newline) < 0 ? bytes.length : bytes.indexOf(newline)).toString()
  const dialect = dialectOf(format === 'tsv' ? '\t' : guessDelimiter(header), newline)
  const columns = splitHeader(bytes, dialect)
  if (columns.every((column) => column.trim() === '')) {
    throw new WorkbenchError(
      'input',
      phrase`${file.path} has no header.`,
      phrase`Its first line must name the columns.`,
    )
  }
  if (columns.length < 3) {
    throw new WorkbenchError(
      'input',
      phrase`${file.path} has only ${columns.length === 1 ? phrase`one column` : phrase`two columns`}: ${columns.join(' | ')}.`,
      phrase`A log needs user, time and event, separated by comma, semicolon, tab or |; for tabs name the file .tsv.`,
    )
  }
  const count = rowsOf(file, columns)
  refuseHeaderless(file, columns)
  const repeated = firstRepeated(columns)
  if (repeated !== undefined) {
    throw new WorkbenchError(
      'input',
      phrase`${file.path} has two columns named "${repeated}".`,
      phrase`Rename one of them in the header.`,
    )
  }
  const rows = splitRows(bytes, dialect, columns.length, count)
  const values = new Map(columns.map((column, index) => [column, rows.map((row) => row[index])]))
  return { format, dialect, sample: { file: file.path, columns, values } }
}

function firstRepeated(columns: readonly string[]): string | undefined {
  const seen = new Set<string>()
  return columns.find((column) => seen.size === seen.add(column).size)
}

/** The delimiter that occurs most often in the header. */
function guessDelimiter(header: string): string {
  const unquoted = header.replace(/"[^"]*"/g, '')
  const count = (delimiter: string) => unquoted.split(delimiter).length
  return [',', ';', '\t', '|'].reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best))
}

/** A header names columns; a time among the names is a row of data. */
function refuseHeaderless(file: InputFile, columns: readonly string[]): void {
  const time = columns.find((column) => guessTimeFormat([column]) !== undefined)
  if (time === undefined) return
  throw new WorkbenchError(
    'input',
    phrase`${file.path} has no header: its first line holds the time "${time}".`,
    phrase`Add a first line that names the columns, such as user_id,timestamp,event,location.`,
  )
}

/** Splits the beginning of a text into the first rows below its header. Uses the reader itself, so that what is shown is what would be read. */
function splitRows(bytes: Buffer, dialect: Dialect, columns: number, count: number): string[][] {
  const rows: string[][] = []
  const wanted = Array.from({ length: columns }, (_, column) => column)
  const sink: RowSink = {
    row(_line, read) {
      if (rows.length < count) rows.push(wanted.map((column) => read.text(column)))
    },
    reject() {},
  }
  const reader = new DelimitedReader(dialect, columns, wanted, sink, new Fields(columns))
  for (let start = 0; start < bytes.length && rows.length < count; start += splitBytes)
    reader.push(bytes.subarray(start, start + splitBytes))
  return rows
}

function splitHeader(bytes: Buffer, dialect: Dialect): string[] {
  const text = bytes.toString()
  const delimiter = String.fromCharCode(dialect.delimiter)
  const newline = String.fromCharCode(dialect.newline)
  const columns: string[] = []
  let position = 0
  while (text[position] === newline || text[position] === '\r') position++
  for (;;) {
    let field = ''
    if (text[position] === '"') {
      position++
      while (position < text.length && !(text[position] === '"' && text[position + 1] !== '"')) {
        if (text[position] === '"') position++
        field += text[position++]
      }
      position++
    }
    while (position < text.length && text[position] !== delimiter && text[position] !== newline)
      field += text[position++]
    columns.push(unguarded(field.replace(/\r$/, '')).trim())
    if (position >= text.length || text[position] === newline) return columns
    position++
  }
}
