import { WorkbenchError } from '../shared/errors.ts'
import type { ChosenFile, FilePurpose } from '../shared/files.ts'
import { fileEndings } from '../shared/files.ts'
import { phrase } from '../shared/phrase.ts'
import { api } from './api.ts'
import type { Bringing } from './composables/file-choice.ts'
import { explained } from './connection.ts'
import { desktop } from './desktop.ts'

/**
 * Asks a person for files: in a native dialog on the desktop, in the browser's own elsewhere, from which they are uploaded.
 * @returns none when they dismissed it. Throws what `errorOf` explains.
 */
export async function chooseFiles(purpose: FilePurpose, multiple: boolean, bringing?: Bringing): Promise<ChosenFile[]> {
  if (desktop !== undefined) return await api.files.choose({ purpose, multiple })
  return await upload(await pick(purpose, multiple), bringing)
}

/** The files that a person dropped; throws what `errorOf` explains. Call it while the event is handled, which empties it. */
export async function filesOfDrop(event: DragEvent, bringing?: Bringing): Promise<ChosenFile[]> {
  // The preload has seen the same event and told the host what a person dropped; a page cannot say so itself.
  if (desktop !== undefined) return await desktop.droppedFiles()
  const items = [...(event.dataTransfer?.items ?? [])]
  const folder = items.map((item) => item.webkitGetAsEntry?.()).find((entry) => entry?.isDirectory)
  if (folder) {
    throw new WorkbenchError('usage', phrase`${folder.name} is a folder.`, phrase`Drop the files that are in it.`)
  }
  return await upload([...(event.dataTransfer?.files ?? [])], bringing)
}

/** Gives a person a file that the workbench wrote into `exports`: asks where to put it on the desktop, downloads it elsewhere. */
export async function saveExport(name: string): Promise<void> {
  if (desktop !== undefined) {
    await api.files.save({ name })
    return
  }
  const link = document.createElement('a')
  link.href = `/exports/${encodeURIComponent(name)}`
  link.download = name
  link.click()
}

/** A file that misses its place must not replace the page. */
export function ignoreStrayDrops(): void {
  for (const kind of ['dragover', 'drop']) window.addEventListener(kind, (event) => event.preventDefault())
}

function pick(purpose: FilePurpose, multiple: boolean): Promise<File[]> {
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = multiple
  input.accept = fileEndings[purpose].map((ending) => `.${ending}`).join(',')
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]), { once: true })
    input.addEventListener('cancel', () => resolve([]), { once: true })
    input.click()
  })
}

/** One after the other; the share counts all bytes. */
async function upload(files: readonly File[], { onArrival, signal }: Partial<Bringing> = {}): Promise<ChosenFile[]> {
  const total = Math.max(
    1,
    files.reduce((sum, { size }) => sum + size, 0),
  )
  const chosen: ChosenFile[] = []
  let arrived = 0
  for (const file of files) {
    const tell = (bytes: number) => onArrival?.(Math.min(1, (arrived + bytes) / total))
    tell(0)
    chosen.push(await uploadOne(file, tell, signal))
    arrived += file.size
  }
  return chosen
}

/** By XMLHttpRequest, which alone tells how much has been sent. */
function uploadOne(file: File, onSent: (bytes: number) => void, signal?: AbortSignal): Promise<ChosenFile> {
  signal?.throwIfAborted()
  const request = new XMLHttpRequest()
  request.open('PUT', `/upload/${encodeURIComponent(file.name)}`)
  request.responseType = 'json'
  request.upload.addEventListener('progress', ({ loaded }) => onSent(loaded))
  return new Promise((resolve, reject) => {
    request.addEventListener('load', () => {
      if (request.status === 200) resolve(request.response as ChosenFile)
      else reject(request.response === null ? brokenOff(file) : explained(request.response))
    })
    request.addEventListener('error', () => reject(brokenOff(file)))
    request.addEventListener('abort', () => reject(brokenOff(file)))
    signal?.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}

const brokenOff = ({ name }: File) =>
  new WorkbenchError(
    'input',
    phrase`The upload of ${name} broke off; nothing of it was kept.`,
    phrase`See whether the workbench still runs and the file can be read, and try again.`,
  )
