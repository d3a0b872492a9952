import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'

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
  const opened = words.findLast((word) => !word.startsWith('-') && isWorkspace(path.resolve(folder, word)))
  return opened === undefined ? undefined : workspaceOf(path.resolve(folder, opened))
}

/** The workspace that a folder is, or that a file belongs to. */
export function workspaceOf(opened: string): string {
  return statSync(opened, { throwIfNoEntry: false })?.isFile() ? path.dirname(opened) : opened
}

const isWorkspace = (opened: string) => existsSync(path.join(workspaceOf(opened), 'workbench.db'))

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
  writeFileSync(file, JSON.stringify({ workspace }))
}
