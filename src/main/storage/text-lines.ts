import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm, writeFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { byteOrderMark, isAscii } from '../../shared/csv.ts'

/** Lines kept in memory before they are handed to the file. */
const bufferedLines = 4096

/**
 * Writes lines into a new file, in bounded memory; whatever the iterator throws is thrown.
 * @returns whether they are plain ASCII.
 */
export async function writeLines(path: string, lines: Iterable<string>): Promise<boolean> {
  const file = await open(path, 'wx')
  try {
    let isPlain = true
    let buffered: string[] = []
    const flush = async () => {
      const text = buffered.join('')
      buffered = []
      isPlain &&= isAscii(text)
      await file.appendFile(text)
    }
    for (const line of lines) if (buffered.push(`${line}\n`) === bufferedLines) await flush()
    await flush()
    return isPlain
  } finally {
    await file.close()
  }
}

/** Writes the lines of CSV, with a byte order mark before them where `withByteOrderMark` puts one. */
export async function writeCsvLines(path: string, lines: Iterable<string>): Promise<void> {
  if (!(await writeLines(path, lines))) await addByteOrderMark(path)
}

/** By way of a copy beside the file: whether a mark is needed is known only at its end. */
async function addByteOrderMark(path: string): Promise<void> {
  const marked = `${path}.marked`
  try {
    await writeFile(marked, byteOrderMark, { flag: 'wx' })
    await pipeline(createReadStream(path), createWriteStream(marked, { flags: 'a' }))
    await rename(marked, path)
  } finally {
    await rm(marked, { force: true })
  }
}
