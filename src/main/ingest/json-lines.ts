import { phrase } from '../../shared/phrase.ts'
import { type Fields, longestRecord, type RowSink, rawText } from './fields.ts'
import { notUtf8 } from './text-encoding.ts'

const lineFeed = 10

/** A JSON value as the text of a field: null, undefined and NaN give the empty text; objects and arrays are not fields. */
function toText(value: unknown): string | undefined {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** Parses an object; integers that a double cannot hold (64-bit identifiers) keep their digits as text. */
function parseObject(text: string): Record<string, unknown> | undefined {
  const hasLongDigits = /\d{16}/.test(text)
  const keepDigits = (_key: string, value: unknown, context?: { source: string }) =>
    typeof value === 'number' && context !== undefined && !Number.isSafeInteger(value) && /^-?\d+$/.test(context.source)
      ? context.source
      : value
  const value: unknown = hasLongDigits
    ? JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown)
    : JSON.parse(text)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

/** A JSON value as a sample shows it: what is no field, such as it is written. */
export const sampleText = (value: unknown): string => toText(value) ?? JSON.stringify(value)

/** The values of some keys in one line, or undefined when the line is no object. */
export function parseLine(line: string): Record<string, unknown> | undefined {
  try {
    return parseObject(line)
  } catch {
    return undefined
  }
}

/** Reads one JSON object per line, chunk by chunk; the same promises as DelimitedReader. */
export class JsonLinesReader {
  readonly #keys: readonly (string | null)[]
  readonly #sink: RowSink
  readonly #fields: Fields
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  #rest: Uint8Array = new Uint8Array(0)
  #line = 1
  #skipping = false

  /** @param keys the key of each of our fields, null when there is none: [user, time, event, location]. */
  constructor(keys: readonly (string | null)[], sink: RowSink, fields: Fields) {
    this.#keys = keys
    this.#sink = sink
    this.#fields = fields
  }

  push(chunk: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let position = 0
    for (;;) {
      const end = bytes.indexOf(lineFeed, position)
      if (end < 0) break
      if (!this.#skipping) this.#read(bytes.subarray(position, end))
      this.#skipping = false
      this.#line++
      position = end + 1
    }
    this.#rest = this.#skipping ? bytes.slice(bytes.length) : bytes.slice(position)
    if (this.#rest.length > longestRecord) {
      const rest = this.#rest
      this.#sink.reject(this.#line, phrase`the line is longer than ${longestRecord} bytes`, () => rawText(rest))
      this.#skipping = true
      this.#rest = rest.slice(rest.length)
    }
  }

  end(): void {
    if (this.#rest.length > 0) this.#read(this.#rest)
    this.#rest = this.#rest.subarray(0, 0)
  }

  #read(bytes: Uint8Array): void {
    const raw = () => rawText(bytes)
    let object: Record<string, unknown> | undefined
    try {
      const text = this.#decoder.decode(bytes)
      if (text.trim() === '') return
      object = parseObject(text)
    } catch (error) {
      // One reason for all such lines: the parser's message names a position, and would give each a reason of its own.
      const reason = error instanceof SyntaxError ? phrase`not JSON` : notUtf8
      this.#sink.reject(this.#line, reason, raw)
      return
    }
    if (object === undefined) this.#sink.reject(this.#line, phrase`not a JSON object`, raw)
    else this.#emit(object, raw)
  }

  #emit(object: Record<string, unknown>, raw: () => string): void {
    this.#fields.clear()
    for (let field = 0; field < this.#keys.length; field++) {
      const key = this.#keys[field]
      if (key === null) continue
      const text = toText(object[key])
      if (text === undefined) {
        this.#sink.reject(
          this.#line,
          phrase`${phrase`${key} is neither a text nor a number`}: flatten nested values first, for example with jq`,
          raw,
        )
        return
      }
      this.#fields.setText(field, text)
    }
    this.#sink.row(this.#line, this.#fields, raw)
  }
}
