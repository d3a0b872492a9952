import { unguarded } from '../../shared/csv.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import type { FileFormat } from '../../shared/logs.ts'
import { type Phrase, phrase } from '../../shared/phrase.ts'
import { DelimitedReader, type Dialect, dialectOf } from './delimited.ts'
import { Fields, longestRecord, type RowSink } from './fields.ts'
import { type InputFile, readSample } from './input-file.ts'
import { keysOf, parseLine } from './json-lines.ts'
import { type ColumnSample, guessTimeFormat } from './mapping.ts'
import { describeParquet } from './parquet.ts'

/** What a file holds, found from its name and first bytes. */
export interface Layout {
  format: FileFormat
  /** Delimited text only. */
  dialect?: Dialect
  sample: ColumnSample
}

/** Rows that guesses are made from. */
const sampleRows = 200

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
  [[0xff, 0xfe], phrase`UTF-16 text`],
  [[0xfe, 0xff], phrase`UTF-16 text`],
]

function formatOf(file: InputFile, sample: Buffer): FileFormat {
  if (sample.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet'
  const name = file.path.replace(/\.(gz|zst)$/i, '')
  const named = extensions.find(([pattern]) => pattern.test(name))?.[1]
  if (named !== undefined) return named
  return /^\s*\{/.test(sample.subarray(0, 64).toString('latin1')) ? 'jsonl' : 'csv'
}

function refuseBinary(file: InputFile, sample: Buffer): void {
  const foreign = foreignFiles.find(([magic]) => magic.every((byte, index) => sample[index] === byte))
  let control = 0
  for (const byte of sample) if (byte < 9 || (byte > 13 && byte < 32)) control++
  if (foreign === undefined && 50 * control <= sample.length) return
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
  if (format === 'parquet') return { format, sample: await describeParquet(file, sampleRows) }
  refuseBinary(file, bytes)
  const text = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
  return format === 'jsonl' ? { format, sample: sampleJson(file, text) } : sampleDelimited(file, text, format)
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
  const columns = keysOf(lines)
  if (columns.length === 0)
    throw new WorkbenchError(
      'input',
      phrase`${file.path} holds no JSON objects in its first lines.`,
      phrase`Each line must be one object, such as {"user": "u1", ...}.`,
    )
  const objects = lines.map(parseLine).filter((object) => object !== undefined)
  const values = new Map(columns.map((column) => [column, objects.map((object) => String(object[column] ?? ''))]))
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
  const [columns, ...rows] = splitSample(bytes, dialect)
  if (columns === undefined || columns.every((column) => column.trim() === '')) {
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
  refuseHeaderless(file, columns)
  const repeated = columns.find((column, index) => columns.indexOf(column) !== index)
  if (repeated !== undefined) {
    throw new WorkbenchError(
      'input',
      phrase`${file.path} has two columns named "${repeated}".`,
      phrase`Rename one of them in the header.`,
    )
  }
  const values = new Map(columns.map((column, index) => [column, rows.map((row) => row[index] ?? '')]))
  return { format, dialect, sample: { file: file.path, columns, values } }
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

/** Splits the beginning of a text into rows of fields, the header first. */
function splitSample(bytes: Buffer, dialect: Dialect): string[][] {
  const header = splitRecords(bytes, dialect, 1, undefined)[0]
  return header === undefined ? [] : [header, ...splitRecords(bytes, dialect, sampleRows, header.length).slice(1)]
}

/** Uses the reader itself, four columns at a time, so that what is shown is what would be read. */
function splitRecords(bytes: Buffer, dialect: Dialect, count: number, columns: number | undefined): string[][] {
  if (columns === undefined) return [splitHeader(bytes, dialect)].filter((header) => header.length > 0)
  const rows: string[][] = []
  for (let first = 0; first < columns; first += 4) {
    let row = 0
    const fields = new Fields()
    const sink: RowSink = {
      row(_line, read) {
        if (row >= count) return
        rows[row] ??= []
        for (let column = first; column < Math.min(first + 4, columns); column++)
          rows[row][column] = read.text(column - first)
        row++
      },
      reject() {},
    }
    const wanted = Array.from({ length: columns }, (_, column) =>
      column >= first && column < first + 4 ? column - first : -1,
    )
    new DelimitedReader(dialect, columns, wanted, sink, fields, 0).push(bytes)
  }
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
