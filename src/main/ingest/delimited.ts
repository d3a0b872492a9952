import { isGuarded } from '../../shared/csv.ts'
import { type Phrase, phrase } from '../../shared/phrase.ts'
import { type Fields, longestRecord, type RowSink, rawText } from './fields.ts'
import { mostNameBytes, tooLong } from './name-table.ts'

const lineFeed = 10
const carriageReturn = 13
const quote = 34
const apostrophe = 39

/** How a delimited text is written (RFC 4180, with any one-byte delimiter and either line ending). */
export interface Dialect {
  delimiter: number
  /** 10, or 13 for files of old that have no line feeds. */
  newline: number
}

export function dialectOf(delimiter: string, newline: number = lineFeed): Dialect {
  return { delimiter: delimiter.charCodeAt(0), newline }
}

/** The text of a record, without the carriage return of its end. */
const rawLine = (bytes: Uint8Array, start: number, end: number) =>
  rawText(bytes.subarray(start, bytes[end - 1] === carriageReturn ? end - 1 : end))

/** Where a record ends. */
const incomplete = -1

/**
 * Splits delimited text into records and hands them to a sink, chunk by chunk, with memory bounded by the longest record allowed. Blank lines are skipped; a record that
 * cannot be split is rejected with its line and reading goes on behind it. What `csvText` put before a formula is taken off; rejects keep the text of the file. Lines count from 1, newlines in quotes included.
 */
export class DelimitedReader {
  readonly #dialect: Dialect
  readonly #columns: number
  readonly #wanted: Int32Array
  readonly #sink: RowSink
  readonly #fields: Fields
  #rest: Uint8Array = new Uint8Array(0)
  /** Line on which the record at the start of `#rest` begins. */
  #line: number
  /** Inside a line that is too long: drop everything up to its end. */
  #skipping = false
  #headersToSkip: number
  #reason: Phrase | undefined
  /** Newlines inside the quotes of the record just split. */
  #innerLines = 0

  /**
   * @param columns how many fields a record must have.
   * @param wanted for each column the field of ours that it holds, or -1: [columns].
   * @param headerRecords records to skip at the start.
   */
  constructor(
    dialect: Dialect,
    columns: number,
    wanted: readonly number[],
    sink: RowSink,
    fields: Fields,
    headerRecords = 1,
  ) {
    this.#dialect = dialect
    this.#columns = columns
    this.#wanted = Int32Array.from(wanted)
    this.#sink = sink
    this.#fields = fields
    this.#line = 1
    this.#headersToSkip = headerRecords
  }

  push(chunk: Uint8Array): void {
    this.#rest = this.#consume(this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]), false)
  }

  end(): void {
    const rest = this.#consume(this.#rest, true)
    this.#rest = rest.subarray(0, 0)
  }

  /** Reads every complete record and returns the bytes of the incomplete one. */
  #consume(bytes: Uint8Array, last: boolean): Uint8Array {
    let position = 0
    while (position < bytes.length) {
      if (this.#skipping) {
        const end = bytes.indexOf(this.#dialect.newline, position)
        if (end < 0) return bytes.subarray(bytes.length)
        this.#skipping = false
        this.#line++
        position = end + 1
        continue
      }
      let next = this.#split(bytes, position, last)
      if (next === incomplete) {
        if (bytes.length - position <= longestRecord && !last) break
        next = this.#giveUp(bytes, position)
        if (next === incomplete) return bytes.subarray(bytes.length)
      }
      position = next
    }
    // A copy, so that a small rest does not keep a large chunk alive.
    return bytes.slice(position)
  }

  /** The record at `start` is too long, or its quote never closes: rejects its first line and goes on behind that. */
  #giveUp(bytes: Uint8Array, start: number): number {
    const newline = bytes.indexOf(this.#dialect.newline, start)
    const inFirstLine = newline >= 0 && newline - start <= longestRecord
    const end = newline < 0 ? bytes.length : newline
    this.#sink.reject(
      this.#line,
      inFirstLine || bytes.length - start <= longestRecord
        ? phrase`a quoted field is never closed`
        : phrase`the line is longer than ${longestRecord} bytes`,
      () => rawText(bytes.subarray(start, Math.min(end, start + longestRecord))),
    )
    if (newline < 0) {
      this.#skipping = true
      return incomplete
    }
    this.#line++
    return newline + 1
  }

  /** Splits the record at `start`; returns where the next one starts, or `incomplete`. */
  #split(bytes: Uint8Array, start: number, last: boolean): number {
    const { delimiter, newline } = this.#dialect
    const limit = bytes.length
    const fields = this.#fields
    const wanted = this.#wanted
    const columns = this.#columns
    let position = start
    let column = 0
    this.#innerLines = 0
    this.#reason = undefined
    fields.clear()
    for (;;) {
      const field = column < columns ? wanted[column] : -1
      if (position < limit && bytes[position] === quote) {
        position = this.#quoted(bytes, position, field)
        if (position === incomplete) return incomplete
        if (position >= limit && !last) return incomplete
      } else {
        const first = position
        while (position < limit) {
          const byte = bytes[position]
          if (byte === delimiter || byte === newline) break
          position++
        }
        if (position >= limit && !last) return incomplete
        if (field >= 0) {
          const returned = newline === lineFeed && position > first && bytes[position - 1] === carriageReturn
          const atEnd = position >= limit || bytes[position] === newline
          fields.set(field, bytes, first, returned && atEnd ? position - 1 : position)
        }
      }
      column++
      if (position >= limit || bytes[position] === newline) break
      position++
    }
    return this.#finish(bytes, start, position, column)
  }

  /** Reads a quoted field up to the delimiter or newline behind it. */
  #quoted(bytes: Uint8Array, start: number, field: number): number {
    const { delimiter, newline } = this.#dialect
    const limit = bytes.length
    let position = start + 1
    let escaped = false
    for (;;) {
      while (position < limit && bytes[position] !== quote) {
        if (bytes[position] === newline) this.#innerLines++
        position++
      }
      if (position >= limit) return incomplete
      if (bytes[position + 1] !== quote) break
      escaped = true
      position += 2
    }
    if (field >= 0) {
      if (escaped) this.#fields.setUnescaped(field, bytes, start + 1, position, quote)
      else this.#fields.set(field, bytes, start + 1, position)
    }
    position++
    const behind = position
    while (position < limit && bytes[position] !== delimiter && bytes[position] !== newline) position++
    const onlyReturn = position === behind + 1 && bytes[behind] === carriageReturn
    if (position > behind && !onlyReturn) this.#reason = phrase`text follows a closing quote`
    return position
  }

  /**
   * Hands over the record from `start` to `end`, or rejects it. Of a wrong one over several lines only the first is rejected, and reading goes on behind that: a stray
   * quote takes the lines up to the next one for text, which are records of their own.
   * @returns where the next record starts.
   */
  #finish(bytes: Uint8Array, start: number, end: number, found: number): number {
    const line = this.#line
    this.#line += 1 + this.#innerLines
    const blank = end === start || (end === start + 1 && bytes[start] === carriageReturn)
    if (blank) return end + 1
    if (this.#headersToSkip > 0) {
      this.#headersToSkip--
      return end + 1
    }
    const reason = this.#reason ?? this.#wrongCount(found) ?? this.#swallowed()
    if (reason === undefined) {
      this.#takeGuardsOff()
      this.#sink.row(line, this.#fields, () => rawLine(bytes, start, end))
      return end + 1
    }
    const lineEnd = this.#innerLines === 0 ? end : bytes.indexOf(this.#dialect.newline, start)
    this.#line = line + 1
    this.#sink.reject(line, reason, () => rawLine(bytes, start, lineEnd))
    return lineEnd + 1
  }

  #wrongCount(found: number): Phrase | undefined {
    if (found === this.#columns) return undefined
    return found === 1
      ? phrase`1 field where the header has ${this.#columns}`
      : phrase`${found} fields where the header has ${this.#columns}`
  }

  /** Of a record over several lines, whether a field that is wanted holds more than any can: then its quote is a stray one, too. */
  #swallowed(): Phrase | undefined {
    if (this.#innerLines === 0) return undefined
    const { starts, ends } = this.#fields
    return starts.some((start, field) => ends[field] - start > mostNameBytes) ? tooLong : undefined
  }

  /** Makes a text only of a field that begins with an apostrophe: few do. */
  #takeGuardsOff(): void {
    const { buffers, starts, ends } = this.#fields
    for (let field = 0; field < starts.length; field++) {
      const start = starts[field]
      if (start < ends[field] && buffers[field][start] === apostrophe && isGuarded(this.#fields.text(field)))
        starts[field]++
    }
  }
}
