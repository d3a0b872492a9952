import { strict as assert } from 'node:assert'
import { createHash } from 'node:crypto'
import { closeSync, fstatSync, fsyncSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import { withStorageErrors } from './failures.ts'
import { writeFileAtomic } from './files.ts'
import {
  bytesPerElement,
  checksumText,
  corrupt,
  decodeHeader,
  encodeHeader,
  headerLength,
  layOut,
  recordedChecksum,
  type SafetensorsHeader,
  type TensorArray,
  type TensorEntry,
  type TensorType,
  type TypedArrays,
  typeOf,
  userMetadata,
  viewOf,
} from './safetensors-header.ts'

export type { TensorArray, TensorType, TypedArrays } from './safetensors-header.ts'

/**
 * Tensors on disk in the safetensors format: an 8-byte header length, a JSON header, and the tensors' bytes.
 *
 * Files written here carry a CRC-32 of the header and of each tensor in their metadata (`crc32`, `crc32:<name>`); both are checked
 * on every read, so a truncated file or a flipped byte is an error `corrupt` that names the file. Files of others are read too.
 */

export interface Tensor {
  data: TensorArray
  shape: readonly number[]
}

const blockBytes = 1 << 24

/**
 * Writes named tensors and text metadata; the file appears complete or not at all.
 * @throws WorkbenchError `storage` when the disk is full or refuses; the target is then as it was.
 */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const columns = Object.entries(tensors).map(([name, { data, shape }]) => ({ name, type: typeOf(data), shape }))
  await writeFileAtomic(path, async (temporary) => {
    using writer = new SafetensorsWriter(temporary, columns, metadata)
    for (const [name, { data }] of Object.entries(tensors)) writer.append(name, data)
    writer.finish()
  })
}

/**
 * Writes tensors piece by piece in bounded memory: their types and shapes are known before (count first), their elements come in
 * any interleaving of columns. Writes to `path` itself: the caller gives a temporary name or directory. A writer that is disposed
 * of before `finish` removes its file.
 */
export class SafetensorsWriter {
  readonly path: string
  readonly #metadata: Readonly<Record<string, string>>
  readonly #entries: readonly TensorEntry[]
  readonly #positions = new Map<string, { entry: TensorEntry; next: number; checksum: number }>()
  readonly #dataStart: number
  #descriptor: number | undefined

  constructor(
    path: string,
    columns: readonly { name: string; type: TensorType; shape: readonly number[] }[],
    metadata: Readonly<Record<string, string>> = {},
  ) {
    this.path = path
    this.#metadata = metadata
    this.#entries = layOut(columns)
    for (const entry of this.#entries) this.#positions.set(entry.name, { entry, next: entry.begin, checksum: 0 })
    this.#dataStart = encodeHeader(this.#entries, metadata, new Map()).length
    this.#descriptor = withStorageErrors(phrase`writing ${path}`, () => openSync(path, 'wx'))
  }

  /** Appends elements to a column. */
  append(name: string, data: TensorArray): void {
    const column = this.#positions.get(name)
    assert.ok(column !== undefined && this.#descriptor !== undefined, `no open column ${name}`)
    assert.equal(typeOf(data), column.entry.type, `column ${name}`)
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    assert.ok(column.next + bytes.length <= column.entry.end, `column ${name} gets more elements than announced`)
    writeFully(this.#descriptor, bytes, this.#dataStart + column.next, this.path)
    column.next += bytes.length
    column.checksum = crc32(bytes, column.checksum)
  }

  /** Writes the header and flushes the file to the disk. Every column must be complete. */
  finish(): void {
    const descriptor = this.#descriptor
    assert.ok(descriptor !== undefined, 'finished twice')
    const checksums = new Map<string, number>()
    for (const [name, { entry, next, checksum }] of this.#positions) {
      assert.equal(next, entry.end, `column ${name} is incomplete`)
      checksums.set(name, checksum)
    }
    writeFully(descriptor, encodeHeader(this.#entries, this.#metadata, checksums), 0, this.path)
    withStorageErrors(phrase`writing ${this.path}`, () => fsyncSync(descriptor))
    closeSync(descriptor)
    this.#descriptor = undefined
  }

  [Symbol.dispose](): void {
    if (this.#descriptor === undefined) return
    closeSync(this.#descriptor)
    this.#descriptor = undefined
    rmSync(this.path, { force: true })
  }
}

/** A safetensors file whose header has been read and checked; tensors are read on demand. */
export interface SafetensorsFile {
  readonly path: string
  readonly metadata: Readonly<Record<string, string>>
  readonly tensors: ReadonlyMap<string, { type: TensorType; shape: readonly number[]; length: number }>
  /**
   * Reads one whole tensor into fresh memory (its size on disk) and checks its checksum.
   * @throws WorkbenchError `corrupt` when it is missing, has another type, or does not match its checksum.
   */
  read<T extends TensorType>(name: string, type: T): TypedArrays[T]
  /** Reads every tensor and checks its checksum, in bounded memory. @throws WorkbenchError `corrupt` */
  verify(): void
}

/**
 * Opens a file: reads and checks its header and that the size on disk is the announced one.
 * @throws WorkbenchError `corrupt` for a truncated or altered file, `not-found` when it does not exist.
 */
export function openSafetensors(path: string): SafetensorsFile {
  const header = withDescriptor(path, (descriptor) => readHeader(descriptor, path))
  const entries = new Map(header.tensors.map((entry) => [entry.name, entry]))
  return {
    path,
    metadata: userMetadata(header),
    tensors: new Map(
      header.tensors.map(({ name, type, shape, begin, end }) => [
        name,
        { type, shape, length: (end - begin) / bytesPerElement(type) },
      ]),
    ),
    read(name, type) {
      const entry = entries.get(name)
      if (entry === undefined) throw corrupt(path, phrase`it has no tensor "${name}"`)
      if (entry.type !== type) throw corrupt(path, phrase`tensor "${name}" is of type ${entry.type} instead of ${type}`)
      const buffer = new ArrayBuffer(entry.end - entry.begin)
      checkTensor(header, entry, path, (block, offset) => new Uint8Array(buffer).set(block, offset))
      return viewOf(type, buffer)
    },
    verify() {
      for (const entry of header.tensors) checkTensor(header, entry, path, () => {})
    },
  }
}

/** Reads a whole file: every tensor by name, with its shape, and the metadata. Errors as of `openSafetensors` and its `read`. */
export function readSafetensors(path: string): { tensors: Record<string, Tensor>; metadata: Record<string, string> } {
  const file = openSafetensors(path)
  const tensors: Record<string, Tensor> = {}
  for (const [name, { type, shape }] of file.tensors) tensors[name] = { data: file.read(name, type), shape }
  return { tensors, metadata: { ...file.metadata } }
}

/** SHA-256 of a file's bytes, in hexadecimal. */
export function hashFile(path: string): string {
  return withDescriptor(path, (descriptor) => {
    const hash = createHash('sha256')
    const block = new Uint8Array(blockBytes)
    for (;;) {
      const count = readSync(descriptor, block, 0, blockBytes, null)
      if (count === 0) return hash.digest('hex')
      hash.update(block.subarray(0, count))
    }
  })
}

function readHeader(descriptor: number, path: string): SafetensorsHeader {
  const { size } = fstatSync(descriptor)
  const prefix = Buffer.alloc(8)
  readSync(descriptor, prefix, 0, 8, 0)
  const json = Buffer.alloc(headerLength(prefix, size, path))
  readSync(descriptor, json, 0, json.length, 8)
  return decodeHeader(json, size, path)
}

/** Hands a tensor's bytes over in blocks and then compares their checksum with the recorded one. */
function checkTensor(
  header: SafetensorsHeader,
  entry: TensorEntry,
  path: string,
  consume: (block: Uint8Array, offset: number) => void,
): void {
  const checksum = withDescriptor(path, (descriptor) => {
    const block = new Uint8Array(Math.min(blockBytes, entry.end - entry.begin))
    let running = 0
    for (let position = entry.begin; position < entry.end; ) {
      const wanted = Math.min(block.length, entry.end - position)
      const count = readSync(descriptor, block, 0, wanted, header.dataStart + position)
      if (count === 0) throw corrupt(path, phrase`it ends inside tensor "${entry.name}"`)
      const part = block.subarray(0, count)
      running = crc32(part, running)
      consume(part, position - entry.begin)
      position += count
    }
    return running
  })
  const recorded = recordedChecksum(header, entry.name)
  if (recorded !== undefined && recorded !== checksumText(checksum)) {
    throw corrupt(path, phrase`tensor "${entry.name}" fails its checksum`)
  }
}

function writeFully(descriptor: number, bytes: Uint8Array, position: number, path: string): void {
  withStorageErrors(phrase`writing ${path}`, () => {
    for (let written = 0; written < bytes.length; ) {
      const count = Math.min(blockBytes, bytes.length - written)
      written += writeSync(descriptor, bytes, written, count, position + written)
    }
  })
}

function withDescriptor<T>(path: string, use: (descriptor: number) => T): T {
  const descriptor = openToRead(path)
  try {
    return withStorageErrors(phrase`reading ${path}`, () => use(descriptor))
  } finally {
    closeSync(descriptor)
  }
}

function openToRead(path: string): number {
  try {
    return withStorageErrors(phrase`reading ${path}`, () => openSync(path, 'r'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new WorkbenchError('not-found', phrase`${path} does not exist.`, undefined, { cause: error })
  }
}
