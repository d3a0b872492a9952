import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  hashFile,
  openSafetensors,
  readSafetensors,
  SafetensorsWriter,
  writeSafetensors,
} from '../../src/main/storage/safetensors.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'behavegpt-test-'))
  file = path.join(folder, 'tensors.safetensors')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const damaged = expect.objectContaining({ name: 'WorkbenchError', code: 'corrupt' })

describe('a safetensors file', () => {
  test('gives back every tensor with its type, shape and bits, and the metadata', async () => {
    const tensors = {
      single: { data: Uint8Array.of(7), shape: [] },
      matrix: { data: Float32Array.of(1, -0, Number.NaN, 3e38, 5, 6), shape: [2, 3] },
      wide: { data: BigInt64Array.of(-1n, 2n ** 62n), shape: [2] },
      exact: { data: Float64Array.of(Math.PI), shape: [1, 1] },
      nothing: { data: new Int32Array(0), shape: [0, 4] },
      small: { data: Uint16Array.of(65535), shape: [1] },
    }
    await writeSafetensors(file, tensors, { purpose: 'a test', 'name with "quotes"': 'ö' })
    const read = readSafetensors(file)
    expect(read.metadata).toEqual({ purpose: 'a test', 'name with "quotes"': 'ö' })
    expect(read.tensors).toEqual(tensors)
    expect(readdirSync(folder)).toEqual(['tensors.safetensors'])
  })

  test('is laid out as the format demands: length, JSON, tensors without gaps and aligned', async () => {
    await writeSafetensors(file, {
      bytes: { data: Uint8Array.of(1, 2, 3), shape: [3] },
      doubles: { data: Float64Array.of(0.5), shape: [1] },
    })
    const bytes = readFileSync(file)
    const length = Number(bytes.readBigUInt64LE(0))
    expect(length % 8).toBe(0)
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length))
    expect(header.doubles).toEqual({ dtype: 'F64', shape: [1], data_offsets: [0, 8] })
    expect(header.bytes).toEqual({ dtype: 'U8', shape: [3], data_offsets: [8, 11] })
    expect(bytes.readDoubleLE(8 + length)).toBe(0.5)
    expect(bytes.length).toBe(8 + length + 11)
  })

  test('of another program, without checksums, can be read', () => {
    const header = Buffer.from('{"a":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}}  ')
    const bytes = Buffer.alloc(8 + header.length + 8)
    bytes.writeBigUInt64LE(BigInt(header.length))
    header.copy(bytes, 8)
    bytes.writeInt32LE(-5, 8 + header.length)
    writeFileSync(file, bytes)
    expect(openSafetensors(file).read('a', 'I32')).toEqual(Int32Array.of(-5, 0))
  })

  test('written in pieces equals one written at once', async () => {
    const data = Int32Array.from({ length: 1000 }, (_, index) => index * index)
    const flags = Uint8Array.from(data, (value) => value % 2)
    await writeSafetensors(file, { data: { data, shape: [1000] }, flags: { data: flags, shape: [1000] } })
    const pieces = path.join(folder, 'pieces')
    using writer = new SafetensorsWriter(pieces, [
      { name: 'data', type: 'I32', shape: [1000] },
      { name: 'flags', type: 'U8', shape: [1000] },
    ])
    for (let from = 0; from < 1000; from += 300) {
      writer.append('flags', flags.subarray(from, from + 300))
      writer.append('data', data.subarray(from, from + 300))
    }
    writer.finish()
    expect(readFileSync(pieces)).toEqual(readFileSync(file))
    expect(hashFile(pieces)).toBe(hashFile(file))
  })

  test('that is given up leaves nothing', () => {
    {
      using writer = new SafetensorsWriter(file, [{ name: 'a', type: 'U8', shape: [2] }])
      writer.append('a', Uint8Array.of(1))
    }
    expect(readdirSync(folder)).toEqual([])
  })

  test('that does not exist is not found', () => {
    expect(() => openSafetensors(file)).toThrow(expect.objectContaining({ code: 'not-found' }))
  })
})

describe('damage is noticed and the file named', () => {
  const write = () =>
    writeSafetensors(
      file,
      {
        weights: { data: Float32Array.from({ length: 50 }, Math.sqrt), shape: [5, 10] },
        step: { data: Int32Array.of(3), shape: [] },
      },
      { run: 'r1' },
    )

  test('wherever one bit flips', async () => {
    await write()
    const intact = readFileSync(file)
    const header = 8 + Number(intact.readBigUInt64LE(0))
    fc.assert(
      fc.property(fc.nat(intact.length - 1), fc.nat(7), (position, bit) => {
        const altered = Buffer.from(intact)
        altered[position] ^= 1 << bit
        // Blanks that only fill the header up to eight bytes mean nothing.
        fc.pre(position >= header || position < 8 || intact[position] !== 0x20)
        writeFileSync(file, altered)
        expect(() => readSafetensors(file)).toThrow(damaged)
        expect(() => readSafetensors(file)).toThrow(file)
      }),
      { numRuns: 300 },
    )
  })

  test('wherever it is cut off, and when something is appended', async () => {
    await write()
    const intact = readFileSync(file)
    for (let length = 0; length < intact.length; length += 7) {
      truncateSync(file, length)
      expect(() => openSafetensors(file)).toThrow(damaged)
      writeFileSync(file, intact)
    }
    writeFileSync(file, Buffer.concat([intact, Buffer.from('x')]))
    expect(() => openSafetensors(file)).toThrow(damaged)
  })

  test('by reading a tensor that is missing or of another type', async () => {
    await write()
    expect(() => openSafetensors(file).read('bias', 'F32')).toThrow(/no tensor "bias"/)
    expect(() => openSafetensors(file).read('weights', 'I32')).toThrow(/F32 instead of I32/)
  })

  test('also by verify, without keeping the tensors', async () => {
    await write()
    openSafetensors(file).verify()
    const bytes = readFileSync(file)
    bytes[bytes.length - 1] ^= 1
    writeFileSync(file, bytes)
    expect(() => openSafetensors(file).verify()).toThrow(/"step" fails its checksum/)
  })

  test.each([
    [
      'offsets that overlap',
      '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}',
    ],
    ['offsets with a gap', '{"a":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}}'],
    ['offsets that contradict the shape', '{"a":{"dtype":"I32","shape":[4],"data_offsets":[0,4]}}'],
    ['an unknown type', '{"a":{"dtype":"F8","shape":[4],"data_offsets":[0,4]}}'],
    ['a negative size', '{"a":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}}'],
    ['an entry that is no object', '{"a":3}'],
    ['a header that is no object', '[1,2]'],
  ])('by %s', (_, json) => {
    const header = Buffer.from(json)
    const bytes = Buffer.alloc(8 + header.length + 4)
    bytes.writeBigUInt64LE(BigInt(header.length))
    header.copy(bytes, 8)
    writeFileSync(file, bytes)
    expect(() => openSafetensors(file)).toThrow(damaged)
  })
})
