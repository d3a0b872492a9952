import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compressionOf, decompress, isDamage } from '../../src/main/ingest/compression.ts'

/** A frame without data, as pzstd puts one before every other. */
const skippable = (size: number) => {
  const frame = Buffer.alloc(8 + size, 0x28)
  frame.writeUInt32LE(0x184d2a50 + (size % 16), 0)
  frame.writeUInt32LE(size, 4)
  return frame
}
/** Every kind of frame header. */
const frame = (text: string, kind = 0) =>
  zstdCompressSync(text, {
    params: {
      [constants.ZSTD_c_checksumFlag]: kind & 1,
      [constants.ZSTD_c_contentSizeFlag]: kind & 2 ? 1 : 0,
      [constants.ZSTD_c_windowLog]: 10 + (kind >> 2),
    },
  })

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function read(bytes: Buffer, size = bytes.length): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of decompress(inChunks(bytes, size), compressionOf(bytes))) parts.push(part)
  return Buffer.concat(parts).toString()
}

/** Blocks of letters without order, and of one letter only. */
const long = (seed: number) =>
  Array.from({ length: 60_000 }, (_, index) => String.fromCharCode(97 + ((index * index * seed) % 23))).join('') +
  'x'.repeat(300_000)

describe('Zstandard', () => {
  test('all frames are read, however they lie in chunks, and frames without data between them', async () => {
    const texts = ['first\n', '', long(7), 'last\n', 'x'.repeat(1000)]
    const frames = texts.flatMap((text, index) => [skippable(index * 3), frame(text, index)])
    const bytes = Buffer.concat([...frames, skippable(0)])
    for (const size of [bytes.length, 1, 7, 1000]) expect(await read(bytes, size)).toBe(texts.join(''))
  })

  test('frames of any header give back their texts', async () => {
    const kinds = fc.array(fc.record({ text: fc.string({ maxLength: 700 }), kind: fc.nat(35) }), {
      minLength: 1,
      maxLength: 6,
    })
    await fc.assert(
      fc.asyncProperty(kinds, fc.integer({ min: 1, max: 50 }), async (parts, size) => {
        const bytes = Buffer.concat(parts.map(({ text, kind }) => frame(text, kind)))
        expect(await read(bytes, size)).toBe(parts.map(({ text }) => text).join(''))
      }),
      { numRuns: 40 },
    )
  })

  test.each([
    ['something else behind the first frame', (one: Buffer) => Buffer.concat([one, Buffer.from('garbage')])],
    ['a second frame that is cut', (one: Buffer) => Buffer.concat([one, one.subarray(0, one.length - 2)])],
    ['a few bytes more', (one: Buffer) => Buffer.concat([one, Buffer.from([0x28])])],
  ])('%s is damage', async (_what, spoil) => {
    const bytes = spoil(frame('user,time,event\n', 1))
    for (const size of [bytes.length, 1]) expect(isDamage(await read(bytes, size).catch((error) => error))).toBe(true)
  })
})

describe('gzip', () => {
  test('all members are read', async () => {
    const bytes = Buffer.concat([gzipSync('a\n'), gzipSync(''), gzipSync('b\n')])
    for (const size of [bytes.length, 1]) expect(await read(bytes, size)).toBe('a\nb\n')
  })

  test('something else behind the first member is damage', async () => {
    const bytes = Buffer.concat([gzipSync('a\n'), Buffer.from('garbage')])
    for (const size of [bytes.length, 1]) expect(isDamage(await read(bytes, size).catch((error) => error))).toBe(true)
  })
})
