import { strict as assert } from 'node:assert'
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { phrase } from '../../shared/phrase.ts'
import { withStorageErrors } from '../storage/failures.ts'

/** Elements held in memory per column. */
export const blockLength = 1 << 16

type SpillArray = Float64Array | Int32Array
type SpillConstructor = Float64ArrayConstructor | Int32ArrayConstructor

/**
 * A column of unknown length on its way: appended once, perhaps shortened at its end, then read block by block as often as needed.
 * Lives in a file; memory is one block.
 */
export class SpillColumn<A extends SpillArray = SpillArray> {
  readonly #path: string
  readonly #descriptor: number
  readonly #block: A
  #flushed = 0
  #pending = 0

  private constructor(path: string, block: A) {
    this.#path = path
    this.#block = block
    this.#descriptor = withStorageErrors(phrase`writing ${path}`, () => openSync(path, 'wx+'))
  }

  static float64(path: string): SpillColumn<Float64Array> {
    return new SpillColumn(path, new Float64Array(blockLength))
  }

  static int32(path: string): SpillColumn<Int32Array> {
    return new SpillColumn(path, new Int32Array(blockLength))
  }

  get length(): number {
    return this.#flushed + this.#pending
  }

  push(value: number): void {
    if (this.#pending === blockLength) this.#flush()
    this.#block[this.#pending++] = value
  }

  /** Forgets everything after the first `length` elements. */
  shorten(length: number): void {
    assert.ok(length <= this.length)
    if (length >= this.#flushed) {
      this.#pending = length - this.#flushed
    } else {
      this.#flushed = length
      this.#pending = 0
    }
  }

  /**
   * Reads all elements in blocks of up to `blockLength`, in order, with the index of each block's first element. The block's memory
   * is used again for the next one.
   */
  *blocks(): IterableIterator<{ start: number; values: A }> {
    this.#flush()
    const block = new (this.#block.constructor as SpillConstructor)(blockLength) as A
    for (let start = 0; start < this.#flushed; start += blockLength) {
      const values = block.subarray(0, Math.min(blockLength, this.#flushed - start)) as A
      this.#read(values, start)
      yield { start, values }
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor)
    rmSync(this.#path, { force: true })
  }

  #flush(): void {
    if (this.#pending === 0) return
    const bytes = new Uint8Array(this.#block.buffer, 0, this.#pending * this.#block.BYTES_PER_ELEMENT)
    const position = this.#flushed * this.#block.BYTES_PER_ELEMENT
    withStorageErrors(phrase`writing ${this.#path}`, () => {
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(this.#descriptor, bytes, written, bytes.length - written, position + written)
      }
    })
    this.#flushed += this.#pending
    this.#pending = 0
  }

  #read(values: A, start: number): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    const position = start * values.BYTES_PER_ELEMENT
    withStorageErrors(phrase`reading ${this.#path}`, () => {
      for (let done = 0; done < bytes.length; ) {
        const count = readSync(this.#descriptor, bytes, done, bytes.length - done, position + done)
        assert.ok(count > 0, `${this.#path} ends early`)
        done += count
      }
    })
  }
}

/** Walks through columns of one length together: one array per column, of equal length. */
export function* alignedBlocks<A extends readonly SpillColumn[]>(
  ...columns: A
): IterableIterator<{ start: number; values: { [K in keyof A]: A[K] extends SpillColumn<infer V> ? V : never } }> {
  const iterators = columns.map((column) => column.blocks())
  for (;;) {
    const blocks = iterators.map((iterator) => iterator.next())
    if (blocks[0].done) return
    yield {
      start: blocks[0].value.start,
      values: blocks.map((block) => block.value.values) as never,
    }
  }
}

/** Numbers of unknown count in memory, 8 bytes each. */
export class NumberList {
  #values = new Float64Array(1024)
  #length = 0

  get length(): number {
    return this.#length
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const wider = new Float64Array(this.#length * 2)
      wider.set(this.#values)
      this.#values = wider
    }
    this.#values[this.#length++] = value
  }

  /** A view of what is there now. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#length)
  }
}
