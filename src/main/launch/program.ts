import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Folder of the program: that of its package.json, from the sources, from the built files and inside a packed application alike. */
export const programFolder = findProgramFolder(import.meta.dirname)

/** The program's own version. */
export const programVersion: string = JSON.parse(readFileSync(path.join(programFolder, 'package.json'), 'utf8')).version

/** The main module of a process, such as `jobs/child`. Each one is an entry of the build (electron.vite.config.ts). */
export const processModule = (name: string): string => path.join(programFolder, 'out/main', `${name}.js`)

function findProgramFolder(start: string): string {
  let folder = start
  while (!existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder)
  return folder
}
