import { strict as assert } from 'node:assert'
import { crc32 } from 'node:zlib'
import { WorkbenchError } from '../../shared/errors.ts'
import { type Phrase, phrase } from '../../shared/phrase.ts'

/** Everything about the first bytes of a safetensors file: the header's length, its JSON, and what must hold in it. */

export interface TypedArrays {
  F64: Float64Array
  F32: Float32Array
  I64: BigInt64Array
  U64: BigUint64Array
  I32: Int32Array
  U32: Uint32Array
  I16: Int16Array
  U16: Uint16Array
  I8: Int8Array
  U8: Uint8Array
}
export type TensorType = keyof TypedArrays
export type TensorArray = TypedArrays[TensorType]

const arrayConstructors = {
  F64: Float64Array,
  F32: Float32Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
} as const

export function bytesPerElement(type: TensorType): number {
  return arrayConstructors[type].BYTES_PER_ELEMENT
}

/** A typed view of whole elements over a buffer that starts at its first byte. */
export function viewOf<T extends TensorType>(type: T, buffer: ArrayBuffer): TypedArrays[T] {
  return new arrayConstructors[type](buffer) as TypedArrays[T]
}

export function typeOf(data: TensorArray): TensorType {
  for (const [type, arrayConstructor] of Object.entries(arrayConstructors)) {
    if (data instanceof arrayConstructor) return type as TensorType
  }
  assert.fail('not a typed array that safetensors can hold')
}

/** Where one tensor lies. `begin` and `end` are byte offsets in the data area, which starts after the header. */
export interface TensorEntry {
  name: string
  type: TensorType
  shape: readonly number[]
  begin: number
  end: number
}

export interface SafetensorsHeader {
  tensors: readonly TensorEntry[]
  metadata: Readonly<Record<string, string>>
  /** Offset in the file of the first tensor's first byte. */
  dataStart: number
}

/** Metadata of our own: a CRC-32 per tensor, and one of the header with its own value blanked. Foreign files lack them. */
const tensorChecksumKey = (name: string) => `crc32:${name}`
const headerChecksumKey = 'crc32'
const blankChecksum = '00000000'
const maximumHeaderBytes = 100_000_000

export function checksumText(checksum: number): string {
  return checksum.toString(16).padStart(8, '0')
}

/** The recorded CRC-32 of a tensor, if this file was written by us. */
export function recordedChecksum(header: SafetensorsHeader, name: string): string | undefined {
  return header.metadata[tensorChecksumKey(name)]
}

/** The caller's metadata, without our checksums. */
export function userMetadata(header: SafetensorsHeader): Record<string, string> {
  const own = new Set([headerChecksumKey, ...header.tensors.map((tensor) => tensorChecksumKey(tensor.name))])
  return Object.fromEntries(Object.entries(header.metadata).filter(([key]) => !own.has(key)))
}

/** Lays tensors out one after another, wide elements first, so that every tensor is aligned to its element. */
export function layOut(
  tensors: readonly { name: string; type: TensorType; shape: readonly number[] }[],
): TensorEntry[] {
  assert.equal(new Set(tensors.map((tensor) => tensor.name)).size, tensors.length, 'tensor names must differ')
  const widestFirst = [...tensors].sort((a, b) => bytesPerElement(b.type) - bytesPerElement(a.type))
  let begin = 0
  return widestFirst.map(({ name, type, shape }) => {
    assert.ok(name !== '__metadata__', 'a tensor cannot be called __metadata__')
    const end = begin + shape.reduce((product, size) => product * size, 1) * bytesPerElement(type)
    const entry = { name, type, shape, begin, end }
    begin = end
    return entry
  })
}

/** The header's bytes, its length prefix included. Its size does not depend on the checksums, so it can be rewritten in place. */
export function encodeHeader(
  tensors: readonly TensorEntry[],
  metadata: Readonly<Record<string, string>>,
  checksums: ReadonlyMap<string, number>,
): Buffer {
  const complete: Record<string, string> = { ...metadata }
  for (const { name } of tensors) complete[tensorChecksumKey(name)] = checksumText(checksums.get(name) ?? 0)
  complete[headerChecksumKey] = blankChecksum
  const blank = headerText(tensors, complete)
  complete[headerChecksumKey] = checksumText(crc32(Buffer.from(blank)))
  const text = Buffer.from(headerText(tensors, complete))
  const padded = Math.ceil(text.length / 8) * 8
  const bytes = Buffer.alloc(8 + padded, 0x20)
  bytes.writeBigUInt64LE(BigInt(padded), 0)
  text.copy(bytes, 8)
  return bytes
}

function headerText(tensors: readonly TensorEntry[], metadata: Readonly<Record<string, string>>): string {
  const document: Record<string, unknown> = { __metadata__: metadata }
  for (const { name, type, shape, begin, end } of tensors) {
    document[name] = { dtype: type, shape, data_offsets: [begin, end] }
  }
  return JSON.stringify(document)
}

/** Length of the header's JSON, read from the file's first 8 bytes. Throws `corrupt` when it cannot be one. */
export function headerLength(prefix: Buffer, fileSize: number, path: string): number {
  if (fileSize < 8)
    throw corrupt(path, phrase`it has ${fileSize} bytes, fewer than the 8 of a safetensors header length`)
  const length = prefix.readBigUInt64LE(0)
  if (length > BigInt(maximumHeaderBytes) || Number(length) + 8 > fileSize) {
    throw corrupt(path, phrase`its header claims ${String(length)} bytes, but the file has ${fileSize}`)
  }
  return Number(length)
}

/** Reads and checks a header: types, shapes, offsets without gap or overlap, and that they fill the file exactly. */
export function decodeHeader(json: Buffer, fileSize: number, path: string): SafetensorsHeader {
  const text = json.toString('utf8').trimEnd()
  const document = parseObject(text, path)
  const { __metadata__: metadata = {}, ...entries } = document
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    throw corrupt(path, phrase`its metadata is not a map of texts`)
  }
  const header: SafetensorsHeader = {
    tensors: Object.entries(entries).map(([name, entry]) => decodeEntry(name, entry, path)),
    metadata: metadata as Record<string, string>,
    dataStart: 8 + json.length,
  }
  checkHeaderChecksum(header.metadata, text, path)
  checkOffsets(header, fileSize, path)
  return header
}

function parseObject(text: string, path: string): Record<string, unknown> {
  try {
    const document: unknown = JSON.parse(text)
    if (isRecord(document)) return document
  } catch {
    // The one message below covers both.
  }
  throw corrupt(path, phrase`its header is not a JSON object`)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function decodeEntry(name: string, entry: unknown, path: string): TensorEntry {
  if (!isRecord(entry)) throw corrupt(path, phrase`the entry of tensor "${name}" is not an object`)
  const { dtype, shape, data_offsets: offsets } = entry
  if (typeof dtype !== 'string' || !Object.hasOwn(arrayConstructors, dtype)) {
    throw corrupt(path, phrase`tensor "${name}" has the type ${JSON.stringify(dtype)}, which is not supported`)
  }
  const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
  if (!Array.isArray(shape) || !shape.every(isSize)) throw corrupt(path, phrase`tensor "${name}" has no valid shape`)
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw corrupt(path, phrase`tensor "${name}" has no valid offsets`)
  }
  const type = dtype as TensorType
  const [begin, end] = offsets
  const bytes = shape.reduce((product, size) => product * size, 1) * bytesPerElement(type)
  if (end - begin !== bytes) {
    throw corrupt(
      path,
      phrase`tensor "${name}" of shape [${shape.join(', ')}] needs ${bytes} bytes, its offsets give ${end - begin}`,
    )
  }
  return { name, type, shape, begin, end }
}

function checkHeaderChecksum(metadata: Readonly<Record<string, string>>, text: string, path: string): void {
  const recorded = metadata[headerChecksumKey]
  if (recorded === undefined) {
    // Without tensor checksums too it is a file of another program.
    if (!Object.keys(metadata).some((key) => key.startsWith(tensorChecksumKey('')))) return
    throw corrupt(path, phrase`its header has lost its checksum`)
  }
  const blanked = text.replace(`"${headerChecksumKey}":"${recorded}"`, `"${headerChecksumKey}":"${blankChecksum}"`)
  if (checksumText(crc32(Buffer.from(blanked))) !== recorded) throw corrupt(path, phrase`its header fails its checksum`)
}

function checkOffsets(header: SafetensorsHeader, fileSize: number, path: string): void {
  let position = 0
  for (const { name, begin, end } of [...header.tensors].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== position) throw corrupt(path, phrase`tensor "${name}" starts at byte ${begin} instead of ${position}`)
    position = end
  }
  if (header.dataStart + position !== fileSize) {
    throw corrupt(path, phrase`it should have ${header.dataStart + position} bytes, but has ${fileSize}`)
  }
}

export function corrupt(path: string, reason: Phrase): WorkbenchError {
  return new WorkbenchError(
    'corrupt',
    phrase`${path} is damaged: ${reason}.`,
    phrase`Restore the file from a backup, or make it again.`,
  )
}
