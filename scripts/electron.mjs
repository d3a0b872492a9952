// Where Electron's program is, if it is. As a program: prints it, or ends with 1 and the reason.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isProgram, root } from './setup.mjs'

const folder = join(root, 'node_modules', 'electron')
const programs = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }

/**
 * Electron's program: in the folder that ELECTRON_OVERRIDE_DIST_PATH names, or where the package electron has installed it.
 * @returns {{ file: string } | { reason: string }}
 */
export function findElectron() {
  const named = process.env.ELECTRON_OVERRIDE_DIST_PATH
  const pathFile = join(folder, 'path.txt')
  const program = existsSync(pathFile)
    ? readFileSync(pathFile, 'utf8').trim()
    : (programs[process.platform] ?? 'electron')
  const file = join(named ?? join(folder, 'dist'), program)
  if (!existsSync(file)) {
    const how = named === undefined ? 'npx install-electron fetches it' : 'ELECTRON_OVERRIDE_DIST_PATH names its folder'
    return { reason: `Electron's program is not in ${join(file, '..')} (${how})` }
  }
  const { DISPLAY, WAYLAND_DISPLAY } = process.env
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) return { reason: 'there is no display here' }
  return { file }
}

if (isProgram(import.meta.url)) {
  const found = findElectron()
  console.log(found.file ?? found.reason)
  process.exit('file' in found ? 0 : 1)
}
