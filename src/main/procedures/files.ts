import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import path from 'node:path'
import { files as contract } from '../../shared/contract/files.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { type ExportedFile, type FolderEntry, fileEndings } from '../../shared/files.ts'
import { phrase } from '../../shared/phrase.ts'
import { writeFileAtomic } from '../storage/files.ts'
import { isInside } from './file-access.ts'
import { pageOf, procedure } from './procedure.ts'

export const choose = procedure(contract.choose, async (host, { purpose, multiple }) => {
  const { dialogs, files } = pageOf(host)
  if (dialogs === undefined)
    throw new WorkbenchError('usage', phrase`This host has no file dialogs.`, phrase`Upload the file instead.`)
  const paths = await dialogs.open({ extensions: fileEndings[purpose], multiple })
  return paths.map((file) => files.choose(file))
})

export const browse = procedure(contract.browse, (host, { folder }) => {
  const { allowedFolder } = pageOf(host).files
  if (allowedFolder === undefined) {
    throw new WorkbenchError(
      'usage',
      phrase`No folder was allowed.`,
      phrase`Start the host with --allow-folder FOLDER, or upload files.`,
    )
  }
  const asked = folder === undefined ? allowedFolder : realFolder(folder)
  if (!isInside(allowedFolder, asked)) {
    throw new WorkbenchError(
      'usage',
      phrase`${asked} is outside ${allowedFolder}, the folder that was allowed.`,
      phrase`Choose a folder inside it, or start the host with another --allow-folder.`,
    )
  }
  return { folder: asked, entries: entriesOf(asked, allowedFolder) }
})

export const exports = procedure(contract.exports, (host) => {
  const folder = pageOf(host).files.makeExports()
  const found: (ExportedFile & { modified: number })[] = []
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith('.')) continue
    const { size, mtimeMs } = statSync(path.join(folder, entry.name))
    found.push({ name: entry.name, bytes: size, modified: mtimeMs })
  }
  return found.sort((a, b) => b.modified - a.modified).map(({ name, bytes }) => ({ name, bytes }))
})

export const save = procedure(contract.save, async (host, { name }) => {
  const { dialogs, files } = pageOf(host)
  if (dialogs === undefined)
    throw new WorkbenchError('usage', phrase`This host has no file dialogs.`, phrase`Download the file instead.`)
  const source = files.toWrite(name)
  const target = await dialogs.save({ name })
  if (target === undefined) return null
  // A failed copy leaves what the target was before.
  await writeFileAtomic(target, async (temporary) => {
    if (!existsSync(source))
      throw new WorkbenchError('not-found', phrase`There is no exported file ${name}.`, phrase`Export it again.`)
    await copyFile(source, temporary)
  })
  return { path: target }
})

function realFolder(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    throw new WorkbenchError(
      'not-found',
      phrase`There is no folder ${folder}.`,
      phrase`Go back to the folder above it.`,
    )
  }
}

/** Folders first, then by name; links that lead out of the allowed folder are left out. */
function entriesOf(folder: string, allowedFolder: string): FolderEntry[] {
  const entries: FolderEntry[] = []
  for (const name of readdirSync(folder)) {
    if (name.startsWith('.')) continue
    try {
      const file = realpathSync(path.join(folder, name))
      if (!isInside(allowedFolder, file)) continue
      const stat = statSync(file)
      if (stat.isDirectory()) entries.push({ name, path: file, kind: 'folder', bytes: null })
      else if (stat.isFile()) entries.push({ name, path: file, kind: 'file', bytes: stat.size })
    } catch {
      // Gone since it was listed, or not ours to see.
    }
  }
  return entries.sort((a, b) => a.kind.localeCompare(b.kind) * -1 || a.name.localeCompare(b.name))
}
