import { unguarded } from '../../shared/csv.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { type Phrase, type PhraseValue, phrase } from '../../shared/phrase.ts'

/** One row or object of a small text file, with the line it starts on (1 is the first). */
export interface TextRecord {
  line: number
  values: Record<string, unknown>
}

export interface TextTable {
  /** Column or field names in order of appearance. */
  columns: string[]
  records: TextRecord[]
}

export type TextFormat = 'csv' | 'tsv' | 'jsonl' | 'json'

const delimiters = [',', '\t', ';', '|'] as const

/** What the text is, from its first visible character and its first line. */
export function guessFormat(text: string): TextFormat {
  const start = text.trimStart()
  if (start.startsWith('[')) return 'json'
  if (start.startsWith('{')) return 'jsonl'
  return guessDelimiter(text) === '\t' ? 'tsv' : 'csv'
}

/** The delimiter that the header line holds most often outside quotes; a comma when it holds none. */
function guessDelimiter(text: string): string {
  const header = text.slice(0, endOfLine(text, 0)).replace(/"[^"]*"/g, '')
  const counts = delimiters.map((delimiter) => header.split(delimiter).length - 1)
  return delimiters[counts.indexOf(Math.max(...counts))]
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}

/**
 * Reads a whole text as rows with a header (csv, tsv), one object per line (jsonl) or an array of objects (json).
 * `name` is the file's name in errors. Throws WorkbenchError `input` with file and line.
 */
export function parseRecords(text: string, format: TextFormat, name: PhraseValue): TextTable {
  if (text.trim() === '') {
    throw new WorkbenchError(
      'input',
      phrase`${name} is empty.`,
      phrase`Give at least one event with its time and behaviour.`,
    )
  }
  if (format === 'json') return parseArray(text, name)
  if (format === 'jsonl') return parseLines(text, name)
  return parseDelimited(text, format === 'tsv' ? '\t' : guessDelimiter(text), name)
}

/** RFC 4180: fields in double quotes may hold delimiters, line ends and doubled quotes; what `csvText` put before a formula is taken off. */
function parseDelimited(text: string, delimiter: string, name: PhraseValue): TextTable {
  const rows = [...delimitedRows(text, delimiter, name)]
  const columns = rows[0].fields.map((field) => field.trim())
  const repeated = columns.find((column, index) => columns.indexOf(column) !== index)
  if (repeated !== undefined) {
    throw new WorkbenchError('input', phrase`${name}, line 1: the column ${JSON.stringify(repeated)} appears twice.`)
  }
  const records = rows.slice(1).map(({ line, fields }) => {
    if (fields.length !== columns.length) {
      throw new WorkbenchError(
        'input',
        fields.length === 1
          ? phrase`${name}, line ${String(line)}: 1 field, but the header has ${columns.length}.`
          : phrase`${name}, line ${String(line)}: ${fields.length} fields, but the header has ${columns.length}.`,
        phrase`Put a field that holds the delimiter or a line end in double quotes.`,
      )
    }
    return { line, values: Object.fromEntries(columns.map((column, index) => [column, fields[index]])) }
  })
  return { columns, records }
}

/** The rows that hold anything; a line that is empty is skipped. */
function* delimitedRows(
  text: string,
  delimiter: string,
  name: PhraseValue,
): Generator<{ line: number; fields: string[] }> {
  let line = 1
  let position = 0
  while (position < text.length) {
    const startLine = line
    const fields: string[] = []
    let ended = false
    while (!ended) {
      let field = ''
      if (text[position] === '"') {
        const start = position + 1
        let close = text.indexOf('"', start)
        while (close !== -1 && text[close + 1] === '"') close = text.indexOf('"', close + 2)
        if (close === -1) {
          throw new WorkbenchError('input', phrase`${name}, line ${String(startLine)}: a quoted field is never closed.`)
        }
        field = text.slice(start, close).replaceAll('""', '"')
        line += field.split('\n').length - 1
        position = close + 1
      }
      const start = position
      while (position < text.length && text[position] !== delimiter && text[position] !== '\n') position++
      field += text.slice(start, position)
      ended = text[position] !== delimiter
      fields.push(unguarded(ended && field.endsWith('\r') ? field.slice(0, -1) : field))
      position++
    }
    line++
    if (fields.length > 1 || fields[0].trim() !== '') yield { line: startLine, fields }
  }
}

function parseLines(text: string, name: PhraseValue): TextTable {
  const records: TextRecord[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() !== '')
      records.push({ line: index + 1, values: parseObject(line, phrase`${name}, line ${String(index + 1)}`) })
  }
  return { columns: fieldNames(records), records }
}

function parseArray(text: string, name: PhraseValue): TextTable {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw new WorkbenchError('input', phrase`${name} is not a JSON array: ${(error as Error).message}.`)
  }
  if (!Array.isArray(parsed)) throw new WorkbenchError('input', phrase`${name} is not a JSON array of events.`)
  const lines = elementLines(text)
  const records = parsed.map((element: unknown, index) => {
    assertObject(element, phrase`${name}, line ${String(lines[index])}`)
    return { line: lines[index], values: element }
  })
  return { columns: fieldNames(records), records }
}

/** The line on which each element of a (valid) JSON array starts. */
function elementLines(text: string): number[] {
  const lines: number[] = []
  let line = 1
  let depth = 0
  let inString = false
  let awaitsElement = false
  for (let position = 0; position < text.length; position++) {
    const character = text[position]
    if (character === '\n') line++
    if (inString) {
      if (character === '\\') position++
      else if (character === '"') inString = false
      continue
    }
    if (awaitsElement && !/[\s\]]/.test(character)) {
      lines.push(line)
      awaitsElement = false
    }
    if (character === '"') inString = true
    else if (character === '[' || character === '{') {
      depth++
      if (depth === 1) awaitsElement = true
    } else if (character === ']' || character === '}') depth--
    else if (character === ',' && depth === 1) awaitsElement = true
  }
  return lines
}

function parseObject(text: string, where: Phrase): Record<string, unknown> {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw new WorkbenchError('input', phrase`${where} is not JSON: ${(error as Error).message}.`)
  }
  assertObject(parsed, where)
  return parsed
}

function assertObject(value: unknown, where: Phrase): asserts value is Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return
  throw new WorkbenchError(
    'input',
    phrase`${where}: ${JSON.stringify(value).slice(0, 100)} is not an event.`,
    phrase`Each event is an object such as {"time": "2024-05-01T08:30:00", "event": "coffee", "location": "home"}.`,
  )
}

function fieldNames(records: readonly TextRecord[]): string[] {
  return [...new Set(records.flatMap(({ values }) => Object.keys(values)))]
}
