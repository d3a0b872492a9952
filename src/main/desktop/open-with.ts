import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The workspace folder that a person named when they started the program: `--workspace FOLDER`, or a folder or a file in one that was opened with it.
 * Undefined where they named none.
 * @param words the command line without the program itself.
 * @param folder where it was typed.
 */
export function namedWorkspace(words: readonly string[], folder: string): string | undefined {
  const option = words.findIndex((word) => word === '--workspace' || word.startsWith('--workspace='))
  if (option >= 0) {
    const value = words[option].split('=').slice(1).join('=') || words[option + 1]
    return value === undefined ? undefined : path.resolve(folder, value)
  }
  const opened = words.filter((word) => !word.startsWith('-')).map((word) => path.resolve(folder, placeOf(word)))
  return opened.map(workspaceOf).findLast((workspace) => workspace !== undefined)
}

/** The workspace that a folder is, or that a file belongs to; undefined where there is none. */
export function workspaceOf(opened: string): string | undefined {
  const folder = statSync(opened, { throwIfNoEntry: false })?.isFile() ? path.dirname(opened) : opened
  return existsSync(path.join(folder, 'workbench.db')) ? folder : undefined
}

/** Where something is that a person opened: Linux's file managers give its address. */
function placeOf(word: string): string {
  if (!word.startsWith('file:')) return word
  try {
    return fileURLToPath(word)
  } catch {
    return word
  }
}

/** The workspace that was open last; undefined at the first start and when it is gone. */
export function lastWorkspace(file: string): string | undefined {
  try {
    const { workspace } = JSON.parse(readFileSync(file, 'utf8')) as { workspace: unknown }
    return typeof workspace === 'string' && existsSync(workspace) ? workspace : undefined
  } catch {
    return undefined
  }
}

/** Remembers the workspace for the next start. */
export function rememberWorkspace(file: string, workspace: string): void {
  try {
    writeFileSync(file, JSON.stringify({ workspace }))
  } catch {
    // The next start has the workspace before it, or the standard one: no reason to keep this one from a person.
  }
}
