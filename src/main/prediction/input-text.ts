import { readFile, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { WorkbenchError } from '../../shared/errors.ts'
import { atTerminal, type PhraseValue, phrase } from '../../shared/phrase.ts'
import { compressionOf, decompress } from '../ingest/compression.ts'
import { unreachable } from '../ingest/input-file.ts'
import { convert, convertLegacy, foreignEncoding } from '../ingest/text-encoding.ts'

/** A history is one user's events; anything near this size is a log and belongs in an import. */
const maximumBytes = 64 * 2 ** 20

const tooLarge = (name: PhraseValue) =>
  new WorkbenchError(
    'input',
    phrase`${name} holds more than ${maximumBytes / 2 ** 20} MiB.`,
    phrase`A prediction reads one sequence of events. Import the log${atTerminal('behavegpt import')}, then predict or score its users.`,
  )

/**
 * The text of a small file, or of standard input when `path` is `-`; gzip and zstd are unpacked. Returns its name for messages too.
 * Throws WorkbenchError `not-found`, or `input` for a file that cannot be read, is too large, binary, or not UTF-8 (with the line).
 */
export async function readInputText(
  path: string,
  standardInput: Readable,
): Promise<{ name: PhraseValue; text: string }> {
  const name = path === '-' ? phrase`standard input` : path
  const bytes = path === '-' ? await readStream(standardInput, name) : await readWholeFile(path)
  return { name, text: decode(await unpack(bytes, name), name) }
}

async function readWholeFile(path: string): Promise<Buffer> {
  try {
    const information = await stat(path)
    if (information.isDirectory()) throw new WorkbenchError('input', phrase`${path} is a folder, not a file.`)
    if (information.size > maximumBytes) throw tooLarge(path)
    return await readFile(path)
  } catch (error) {
    if (error instanceof WorkbenchError) throw error
    throw unreachable(path, error)
  }
}

async function readStream(stream: Readable, name: PhraseValue): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer)
    size += bytes.length
    if (size > maximumBytes) throw tooLarge(name)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

async function unpack(bytes: Buffer, name: PhraseValue): Promise<Buffer> {
  const compression = compressionOf(bytes)
  if (compression === 'none') return bytes
  const unpacked = Readable.from(decompress(Readable.from([bytes]), compression), { objectMode: false })
  try {
    return await readStream(unpacked, name)
  } catch (error) {
    if (error instanceof WorkbenchError) throw error
    throw new WorkbenchError('input', phrase`${name} is compressed but damaged: ${(error as Error).message}.`)
  }
}

function decode(bytes: Buffer, name: PhraseValue): string {
  const lineAt = (position: number) => bytes.subarray(0, position).filter((byte) => byte === 10).length + 1
  const encoding = foreignEncoding(bytes)
  if (encoding !== undefined)
    throw new WorkbenchError('input', phrase`${name} is ${encoding} text, not UTF-8.`, convert(encoding))
  const nul = bytes.indexOf(0)
  if (nul !== -1) {
    throw new WorkbenchError(
      'input',
      phrase`${name}, line ${lineAt(nul)}: a NUL byte; this is not a text file.`,
      phrase`Give CSV, JSON lines or a JSON array in UTF-8. Parquet files can be imported${atTerminal('behavegpt import')}.`,
    )
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new WorkbenchError(
      'input',
      phrase`${name}, line ${lineAt(firstInvalid(bytes))}: not valid UTF-8.`,
      convertLegacy,
    )
  }
}

/** Position of the first byte that is not valid UTF-8: where re-encoding the decoded text first differs. */
function firstInvalid(bytes: Buffer): number {
  const repaired = Buffer.from(bytes.toString('utf8'))
  let position = 0
  while (position < bytes.length && bytes[position] === repaired[position]) position++
  return position
}
