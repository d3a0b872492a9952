import { createHash } from 'node:crypto'
import { createReadStream, existsSync, lstatSync, type Stats, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'
import { throwIfCancelled, WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import { toStorageError } from '../storage/failures.ts'
import type { IdentifiedFile } from '../storage/sources.ts'
import {
  type Compression,
  compressionOf,
  decompress,
  gzipContentSize,
  isDamage,
  longestZstdHeader,
  zstdContentSize,
} from './compression.ts'

/** A file that the user gave, looked at but not read yet. */
export interface InputFile {
  /** As the user wrote it. */
  path: string
  /** Bytes on disk. */
  size: number
  modified: number
  compression: Compression
  /** By its first bytes. */
  isParquet: boolean
}

/** Decompressed bytes and how many bytes of the file they took, for progress. */
export interface InputChunk {
  bytes: Uint8Array
  fileBytes: number
}

const chunkBytes = 1 << 20

async function readBytes(file: string, from: number, count: number): Promise<Buffer> {
  const handle = await open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(count), 0, count, from)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** By the first bytes, which must not contradict the name. */
function settleCompression(file: string, magic: Buffer): Compression {
  const found = compressionOf(magic)
  if (found !== 'none') return found
  const promised = /\.gz$/i.test(file) ? 'gzip' : /\.zst$/i.test(file) ? 'zstd' : undefined
  if (promised !== undefined && magic.length > 0) {
    throw new WorkbenchError(
      'input',
      phrase`${file} is not ${promised}-compressed, although its name says so.`,
      phrase`Rename it, or compress it again.`,
    )
  }
  return 'none'
}

/**
 * Looks at a file: whether it can be read, its size and compression (by its first bytes, not its name).
 * @throws WorkbenchError `not-found`, or `input` when it is a directory, unreadable, or not compressed as its name says.
 */
export async function inspectFile(file: string): Promise<InputFile> {
  const status = reach(file)
  if (!status.isFile())
    throw new WorkbenchError(
      'input',
      phrase`${file} is not a file.`,
      phrase`Give the files themselves, such as logs/*.csv.`,
    )
  try {
    const magic = await readBytes(file, 0, 4)
    return {
      path: file,
      size: status.size,
      modified: status.mtimeMs,
      compression: settleCompression(file, magic),
      isParquet: magic.toString('latin1') === 'PAR1',
    }
  } catch (error) {
    if (error instanceof WorkbenchError) throw error
    throw unreachable(file, error)
  }
}

function reach(file: string): Stats {
  try {
    return statSync(file)
  } catch (error) {
    throw unreachable(file, error)
  }
}

/** Why a path leads to no file that can be read. */
export function unreachable(file: string, error: unknown): WorkbenchError {
  const { code, message } = error as NodeJS.ErrnoException
  const options = { cause: error }
  if (code === 'ELOOP')
    return new WorkbenchError(
      'input',
      phrase`${file} is a link that leads back to itself.`,
      phrase`Give the file itself.`,
      options,
    )
  if (code !== 'ENOENT' && code !== 'ENOTDIR')
    return new WorkbenchError(
      'input',
      phrase`${file} cannot be read: ${message}.`,
      phrase`Check its permissions, and those of the folders above it.`,
      options,
    )
  if (code === 'ENOENT' && lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink())
    return new WorkbenchError(
      'not-found',
      phrase`${file} is a link to a file that is not there.`,
      phrase`Give the file itself.`,
      options,
    )
  return new WorkbenchError(
    'not-found',
    phrase`There is no file ${file}.`,
    phrase`Paths are relative to ${process.cwd()}.`,
    options,
  )
}

/** SHA-256 of bytes in lower-case hexadecimal, and how many they are. */
async function hashBytes(chunks: AsyncIterable<Uint8Array>, signal: AbortSignal) {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of chunks) {
    throwIfCancelled(signal)
    hash.update(chunk)
    size += chunk.length
  }
  return { sha256: hash.digest('hex'), size }
}

/**
 * Hashes a file as it is stored, and what it holds once it is decompressed.
 * @throws WorkbenchError `input` when compressed data are damaged, `cancelled`.
 */
export async function identifyFile(file: InputFile, signal: AbortSignal): Promise<IdentifiedFile> {
  const stored = await hashBytes(createReadStream(file.path, { highWaterMark: chunkBytes }), signal)
  const content = file.compression === 'none' ? stored : await hashBytes(contentOf(file), signal)
  return { path: file.path, ...stored, content }
}

async function* contentOf(file: InputFile): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of readChunks(file)) yield bytes
}

/**
 * How many bytes a file holds once it is decompressed, modulo 2^32, as it says itself without being read; undefined where it does not. Of a file of several gzip
 * members or Zstandard frames it is the size of one of them.
 */
export async function statedContentSize({ path, size, compression }: InputFile): Promise<number | undefined> {
  if (compression === 'none') return size % 2 ** 32
  if (compression === 'gzip') return gzipContentSize(await readBytes(path, Math.max(0, size - 4), 4))
  return zstdContentSize(await readBytes(path, 0, longestZstdHeader))
}

/** Refuses a file that changed since it was inspected: what was stored would not be what the file holds. */
export function refuseChangedFile(file: InputFile): void {
  const now = existsSync(file.path) ? statSync(file.path) : undefined
  if (now?.size !== file.size || now.mtimeMs !== file.modified) {
    throw new WorkbenchError(
      'input',
      phrase`${file.path} changed while it was being read.`,
      phrase`Import it again once nothing writes to it; nothing was kept.`,
    )
  }
}

/**
 * The decompressed bytes of a file, in chunks and bounded memory.
 * @throws WorkbenchError `input` when the compressed data are damaged or end too early.
 */
export async function* readChunks(file: InputFile): AsyncGenerator<InputChunk> {
  const source = createReadStream(file.path, { highWaterMark: chunkBytes })
  try {
    for await (const bytes of decompress(source, file.compression)) yield { bytes, fileBytes: source.bytesRead }
  } catch (error) {
    if (file.compression === 'none' || !isDamage(error)) throw toStorageError(error, phrase`reading ${file.path}`)
    throw new WorkbenchError(
      'input',
      phrase`${file.path} is damaged: its ${file.compression} data cannot be decompressed (${error.message}).`,
      phrase`Fetch or write the file again; nothing was kept.`,
      { cause: error },
    )
  } finally {
    source.destroy()
  }
}

/** The first decompressed bytes of a file, at most `count`. */
export async function readSample(file: InputFile, count: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const { bytes } of readChunks(file)) {
    parts.push(bytes)
    size += bytes.length
    if (size >= count) break
  }
  return Buffer.concat(parts).subarray(0, count)
}

/** `logs/events.csv.gz` -> `events`. */
export function baseName(file: string): string {
  return path
    .basename(file)
    .replace(/\.(gz|zst)$/i, '')
    .replace(/\.(csv|tsv|tab|txt|jsonl|ndjson|json|parquet)$/i, '')
}
