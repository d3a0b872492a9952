import { realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { WorkbenchError } from '../../shared/errors.ts'
import type { ChosenFile } from '../../shared/files.ts'
import { phrase } from '../../shared/phrase.ts'
import { makeWorkspaceFolder } from '../storage/workspace.ts'

/**
 * Which files a page may name. It reads only what a person chose: in a native dialog, by uploading or dropping it, or in the folder that the
 * person who started the host allowed; and writes only into the workspace's folder `exports`.
 */
export class FileAccess {
  /** Folder of what is written for the person. */
  readonly exports: string
  /** Absolute and without links; undefined when none was allowed. */
  readonly allowedFolder: string | undefined
  readonly #granted = new Set<string>()

  /** @param directory the workspace. @throws WorkbenchError `not-found` when the allowed folder does not exist. */
  constructor(directory: string, allowedFolder?: string) {
    this.exports = path.join(directory, 'exports')
    this.allowedFolder = allowedFolder === undefined ? undefined : realFolder(allowedFolder)
  }

  /** Allows one file that a person chose. */
  grant(file: string): void {
    this.#granted.add(path.resolve(file))
  }

  /** Allows a file that a person chose where it lies. @throws WorkbenchError `input` for what is no file that can be read. */
  choose(file: string): ChosenFile {
    const stat = statSync(file, { throwIfNoEntry: false })
    if (!stat?.isFile()) {
      throw new WorkbenchError(
        'input',
        phrase`${file} is not a file.`,
        phrase`Choose files; of a folder, those that are in it.`,
      )
    }
    this.grant(file)
    return { path: path.resolve(file), name: path.basename(file), bytes: stat.size }
  }

  /** Takes the permission back, of a file that is gone. */
  revoke(file: string): void {
    this.#granted.delete(path.resolve(file))
  }

  /** The path, once it is certain that a person chose it. @throws WorkbenchError `usage`. */
  toRead(file: string): string {
    const absolute = path.resolve(file)
    if (this.#granted.has(absolute) || this.#isAllowed(absolute)) return absolute
    throw new WorkbenchError(
      'usage',
      phrase`${file} was not chosen here.`,
      phrase`Choose the file in the dialog, drop it onto the page, or start the host with --allow-folder.`,
    )
  }

  /** The folder of exports, which is made where it is not there yet. */
  makeExports(): string {
    return makeWorkspaceFolder(path.dirname(this.exports), path.basename(this.exports))
  }

  /** Where a file of this bare name is written. @throws WorkbenchError `usage` when it is more than a name. */
  toWrite(name: string): string {
    const isBare = name === path.basename(name) && !/^\.|[\\/:*?"<>|\p{Cc}]/u.test(name) && name.length <= 200
    if (isBare) {
      return path.join(this.makeExports(), name)
    }
    throw new WorkbenchError(
      'usage',
      phrase`${name} cannot be the name of an exported file.`,
      phrase`Give a bare name, such as scores.csv.`,
    )
  }

  #isAllowed(file: string): boolean {
    if (this.allowedFolder === undefined) return false
    try {
      return isInside(this.allowedFolder, realpathSync(file))
    } catch {
      return false
    }
  }
}

/** Whether a path lies in a folder; both absolute and without links. */
export function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file)
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative)
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    throw new WorkbenchError(
      'not-found',
      phrase`There is no folder ${path.resolve(folder)}.`,
      phrase`Allow a folder that exists.`,
    )
  }
}
