import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { WorkbenchError } from '../../shared/errors.ts'
import type { ChosenFile } from '../../shared/files.ts'
import { phrase } from '../../shared/phrase.ts'
import type { FileAccess } from '../procedures/file-access.ts'
import { withStorageErrorsAsync } from '../storage/failures.ts'
import { makeDirectory, requireSpace } from '../storage/files.ts'

/** So many files may come in at once. */
const mostAtOnce = 8
/** In bytes, as file systems count. */
const longestName = 180

/**
 * Files that a person uploaded: they lie in the workspace's temporary folder until they are imported or the host ends; those that a job in the queue names
 * wait with it for the next host. One that was refused or broken off leaves nothing.
 */
export class Uploads {
  readonly #folder: string
  readonly #files: FileAccess
  readonly #kept = new Set<string>()
  #receiving = 0

  /**
   * @param directory the workspace, which no other host has: what lies there was left by an earlier one, and goes.
   * @param waiting files that jobs still need: uploads among them stay and may be named again.
   */
  constructor(directory: string, files: FileAccess, waiting: readonly string[]) {
    this.#folder = path.join(directory, 'temporary', 'uploads')
    this.#files = files
    this.#removeOthersThan(waiting)
    for (const folder of foldersIn(this.#folder)) {
      for (const name of readdirSync(folder)) this.#keep(path.join(folder, name))
    }
  }

  /**
   * Writes a stream to a file of the name, in constant memory, and allows pages to name it.
   * @param bytes how long it will be, where that is known.
   * @throws WorkbenchError `usage` for what is no bare name or too much at once, `input` when the stream breaks off or is not as long as announced, `storage` when the disk refuses.
   */
  async receive(name: string, source: Readable, bytes?: number): Promise<ChosenFile> {
    const stored = storedName(name)
    if (this.#receiving >= mostAtOnce)
      throw new WorkbenchError(
        'usage',
        phrase`${mostAtOnce} files are being uploaded already.`,
        phrase`Wait for one to finish.`,
      )
    this.#receiving++
    const folder = path.join(this.#folder, randomBytes(12).toString('hex'))
    const file = path.join(folder, stored)
    try {
      return await withStorageErrorsAsync(phrase`storing the upload ${name}`, async () => {
        makeDirectory(folder)
        await requireSpace(folder, bytes ?? 0, phrase`uploading ${name}`)
        const written = await write(file, source)
        if (bytes !== undefined && written !== bytes) throw brokenOff(name)
        this.#keep(file)
        return { path: file, name, bytes: written }
      })
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw source.errored && !(error instanceof WorkbenchError) ? brokenOff(name) : error
    } finally {
      this.#receiving--
    }
  }

  /** Removes files that are not needed any more; others than uploads are left alone. */
  async remove(files: readonly string[]): Promise<void> {
    for (const file of files) {
      if (!this.#kept.delete(file)) continue
      this.#files.revoke(file)
      await rm(path.dirname(file), { recursive: true, force: true })
    }
  }

  /** Removes everything but what jobs in the queue name. */
  close(waiting: readonly string[]): void {
    for (const file of this.#kept) this.#files.revoke(file)
    this.#kept.clear()
    this.#removeOthersThan(waiting)
  }

  #keep(file: string): void {
    this.#kept.add(file)
    this.#files.grant(file)
  }

  #removeOthersThan(waiting: readonly string[]): void {
    const needed = new Set(waiting.map((file) => path.dirname(file)))
    for (const folder of foldersIn(this.#folder)) {
      if (!needed.has(folder)) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    }
  }
}

const foldersIn = (folder: string) =>
  existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : []

async function write(file: string, source: Readable): Promise<number> {
  await using handle = await open(file, 'wx', 0o600)
  let written = 0
  // Not destroyed by an error of ours: the answer goes over the same connection.
  for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    await writeWhole(handle, chunk)
    written += chunk.length
  }
  await handle.sync()
  return written
}

async function writeWhole(handle: Awaited<ReturnType<typeof open>>, chunk: Buffer): Promise<void> {
  for (let done = 0; done < chunk.length; ) done += (await handle.write(chunk, done)).bytesWritten
}

const brokenOff = (name: string) =>
  new WorkbenchError('input', phrase`The upload of ${name} broke off; nothing of it was kept.`, phrase`Try it again.`)

/** The name under which an upload is stored: the ending counts, since imports read it; what some file systems cannot have becomes an underscore. */
function storedName(name: string): string {
  if (name === '' || name === '.' || name === '..' || /[\\/\0]/.test(name)) {
    throw new WorkbenchError(
      'usage',
      phrase`${JSON.stringify(name)} is not the name of a file.`,
      phrase`Give a bare name, such as events.csv.`,
    )
  }
  const plain = name.replaceAll(/[\p{Cc}\p{Cf}:*?"<>|]/gu, '_').replace(/^\.+/, '_')
  const characters = Array.from(plain)
  while (Buffer.byteLength(characters.join('')) > longestName) characters.shift()
  return characters.join('')
}
