import { type Phrase, phrase } from '../../shared/phrase.ts'

/** The four things that we want of a row, in the order in which readers hand them over. */
export const fieldNames = ['user', 'time', 'event', 'location'] as const
export type FieldName = (typeof fieldNames)[number]

/** What each field is called. */
export const fieldWords: Record<FieldName, Phrase> = {
  user: phrase`user`,
  time: phrase`time`,
  event: phrase`event`,
  location: phrase`location`,
}

export const userField = 0
export const timeField = 1
export const eventField = 2
export const locationField = 3

/** Row fields as slices of bytes (UTF-8), reused from row to row so that reading allocates nothing. A field that a row lacks is empty. */
export class Fields {
  readonly buffers: Uint8Array[]
  readonly starts: Int32Array
  readonly ends: Int32Array
  #scratch = Buffer.alloc(4096)
  #used = 0

  /** @param count how many there are: four, or all columns for a look at a file. */
  constructor(count: number = fieldNames.length) {
    this.buffers = Array.from({ length: count }, () => new Uint8Array(0))
    this.starts = new Int32Array(count)
    this.ends = new Int32Array(count)
  }

  /** Forgets the row before. */
  clear(): void {
    this.starts.fill(0)
    this.ends.fill(0)
    this.#used = 0
  }

  set(field: number, buffer: Uint8Array, start: number, end: number): void {
    this.buffers[field] = buffer
    this.starts[field] = start
    this.ends[field] = end
  }

  setText(field: number, text: string): void {
    const bytes = 3 * text.length
    const start = this.#reserve(bytes)
    this.set(field, this.#scratch, start, start + this.#scratch.write(text, start))
    this.#used = this.ends[field]
  }

  /** A field with a doubled quote inside: copies it with single ones. */
  setUnescaped(field: number, buffer: Uint8Array, start: number, end: number, quote: number): void {
    const first = this.#reserve(end - start)
    let out = first
    for (let index = start; index < end; index++) {
      this.#scratch[out++] = buffer[index]
      if (buffer[index] === quote) index++
    }
    this.set(field, this.#scratch, first, out)
    this.#used = out
  }

  text(field: number): string {
    return Buffer.from(
      this.buffers[field].buffer,
      this.buffers[field].byteOffset + this.starts[field],
      this.ends[field] - this.starts[field],
    ).toString()
  }

  /** Room in the scratch buffer. A new, larger one leaves the slices of the old one valid. */
  #reserve(bytes: number): number {
    if (this.#used + bytes > this.#scratch.length) {
      this.#scratch = Buffer.alloc(Math.max(2 * this.#scratch.length, bytes))
      this.#used = 0
    }
    return this.#used
  }
}

/** Takes what a reader finds: rows with their fields, or rows that cannot be split into fields. `raw` gives the row's text when somebody wants it. */
export interface RowSink {
  row(line: number, fields: Fields, raw: () => string): void
  reject(line: number, reason: Phrase, raw: () => string): void
}

/** A line longer than this is a reject: no reader keeps more of a file in memory. */
export const longestRecord = 1 << 20

/** As much of a row's text as a reject keeps. */
export const longestRaw = 2000

/** Bytes as text for a reject: cut, and with what is not UTF-8 replaced. */
export function rawText(bytes: Uint8Array): string {
  const cut = bytes.length > longestRaw
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, longestRaw)).toString()
  return cut ? `${text}…` : text
}
