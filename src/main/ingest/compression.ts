import { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'

export type Compression = 'none' | 'gzip' | 'zstd'

const chunkSize = 1 << 20
const zstdMagic = 0xfd2fb528
/** Of frames without data, which tools put between or before others: the last four bits are free. */
const skippableMagic = 0x184d2a50
const isSkippable = (magic: number) => (magic & 0xfffffff0) >>> 0 === skippableMagic

/** How data are compressed, by their first four bytes or more. */
export function compressionOf(first: Buffer): Compression {
  if (first[0] === 0x1f && first[1] === 0x8b) return 'gzip'
  if (first.length < 4) return 'none'
  const magic = first.readUInt32LE(0)
  return magic === zstdMagic || isSkippable(magic) ? 'zstd' : 'none'
}

/** What the last four bytes of a gzip member say: how many bytes it holds, modulo 2^32. */
export const gzipContentSize = (end: Buffer): number | undefined => (end.length < 4 ? undefined : end.readUInt32LE(0))

/** Bytes of the header of a Zstandard frame, at most. */
export const longestZstdHeader = 18

/** How many bytes a Zstandard frame holds, modulo 2^32, as its header says; undefined where it does not, as one that was written from a pipe. */
export function zstdContentSize(header: Buffer): number | undefined {
  if (header.length < 5 || header.readUInt32LE(0) !== zstdMagic) return undefined
  const descriptor = header[4]
  const { isSingleSegment, sizeBytes, dictionaryBytes } = frameFields(descriptor)
  const at = 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes
  if (sizeBytes === 0 || header.length < at + sizeBytes) return undefined
  // Two bytes begin at 256; of eight, the lower half is what counts.
  return sizeBytes === 2 ? header.readUInt16LE(at) + 256 : header.readUIntLE(at, Math.min(4, sizeBytes))
}

/** What the first byte of a frame's header says of the others. */
function frameFields(descriptor: number) {
  const isSingleSegment = (descriptor & 0x20) !== 0
  return {
    isSingleSegment,
    sizeBytes: [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6],
    dictionaryBytes: [0, 1, 2, 4][descriptor & 3],
    checksumBytes: descriptor & 4 ? 4 : 0,
  }
}

/** Why compressed data cannot be read, whoever found it: zlib or this module. */
export function isDamage(error: unknown): error is Error {
  return /^(Z_|ZSTD_|ERR_)/.test((error as { code?: string }).code ?? '')
}

/**
 * Decompresses chunks one by one in bounded memory: all members of a gzip and all frames of a Zstandard file, such as `cat a.zst b.zst` and pzstd write them.
 * @throws what `isDamage` knows for data that are damaged, end too early or have something else behind them; and as `source` does.
 */
export async function* decompress(source: AsyncIterable<Buffer>, compression: Compression): AsyncGenerator<Buffer> {
  if (compression === 'none') {
    yield* source
    return
  }
  const input = Readable.from(compression === 'zstd' ? splitFrames(source) : source, { objectMode: false })
  const engine = compression === 'zstd' ? createZstdDecompress({ chunkSize }) : createGunzip({ chunkSize })
  input.on('error', (error) => engine.destroy(error)).pipe(engine)
  try {
    for await (const bytes of engine) yield bytes as Buffer
  } finally {
    input.destroy()
    engine.destroy()
  }
}

/** Cuts Zstandard data where frames end: node's decompressor drops what follows the end of a frame in one chunk, and goes on with the next chunk. */
async function* splitFrames(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const frames = new FrameWalk()
  for await (const chunk of source) {
    let start = 0
    while (start < chunk.length) {
      const end = frames.endIn(chunk, start)
      yield chunk.subarray(start, end)
      start = end
    }
  }
}

/** Fields of a frame that say how long its parts are (RFC 8878), and what comes when the last of them is over. */
type Field = 'magic' | 'descriptor' | 'block' | 'skippable' | 'end'
const fieldBytes: Record<Field, number> = { magic: 4, descriptor: 1, block: 3, skippable: 4, end: 0 }

/** Follows frames through chunks, from field to field, without looking at what lies between. */
class FrameWalk {
  #field: Field = 'magic'
  /** Bytes of the field read so far, and their number, little-endian. */
  #read = 0
  #value = 0
  /** Bytes before the next field. */
  #skip = 0
  #checksumBytes = 0

  /** Where the current frame ends in the chunk, or the chunk's length. */
  endIn(chunk: Buffer, start: number): number {
    let position = start
    for (;;) {
      const skipped = Math.min(this.#skip, chunk.length - position)
      position += skipped
      this.#skip -= skipped
      if (this.#skip === 0 && this.#field === 'end') {
        this.#expect('magic')
        // A frame that ended with the chunk before.
        if (position > start) return position
      }
      if (position === chunk.length) return position
      this.#value += chunk[position++] * 256 ** this.#read++
      if (this.#read === fieldBytes[this.#field]) this.#take(this.#value)
    }
  }

  #expect(field: Field, skip = 0): void {
    this.#field = field
    this.#skip = skip
    this.#read = 0
    this.#value = 0
  }

  #take(value: number): void {
    if (this.#field === 'magic') {
      if (value === zstdMagic) this.#expect('descriptor')
      else if (isSkippable(value)) this.#expect('skippable')
      else
        throw Object.assign(new Error('what follows a frame is no Zstandard data'), {
          code: 'ZSTD_error_prefix_unknown',
        })
    } else if (this.#field === 'descriptor') {
      const { isSingleSegment, sizeBytes, dictionaryBytes, checksumBytes } = frameFields(value)
      this.#checksumBytes = checksumBytes
      this.#expect('block', (isSingleSegment ? 0 : 1) + dictionaryBytes + sizeBytes)
    } else if (this.#field === 'block') {
      const isLast = (value & 1) === 1
      const isRepeated = ((value >> 1) & 3) === 1
      const size = isRepeated ? 1 : value >> 3
      this.#expect(isLast ? 'end' : 'block', size + (isLast ? this.#checksumBytes : 0))
    } else this.#expect('end', value)
  }
}
