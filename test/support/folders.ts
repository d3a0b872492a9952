import { spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'

/** An empty folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'behavegpt-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function mount(...options: string[]): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && spawnSync('mount', options).status === 0
}

/** Makes `folder` a disk of a few kilobytes until the test ends; false, with the reason printed, where that is not allowed. */
export function mountSmallDisk(folder: string, kilobytes: number): boolean {
  if (!mount('-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'none', folder)) {
    console.log('skipped: only root on Linux may mount a small disk')
    return false
  }
  onTestFinished(() => {
    spawnSync('umount', ['-l', folder])
  })
  return true
}

/** Makes `folder` read-only until the test ends or the returned function is called: by its permissions, and for root, whom they do not stop, by a mount. Undefined, with the reason printed, where that is not allowed. */
export function makeReadOnly(folder: string): (() => void) | undefined {
  const isRoot = process.getuid?.() === 0
  const made = isRoot
    ? mount('--bind', folder, folder) && mount('-o', 'remount,bind,ro', folder)
    : process.platform !== 'win32' && spawnSync('chmod', ['-R', 'a-w', folder]).status === 0
  if (!made) {
    console.log('skipped: a folder cannot be made read-only here')
    return undefined
  }
  const release = () => {
    if (isRoot) spawnSync('umount', ['-l', folder])
    else spawnSync('chmod', ['-R', 'u+w', folder])
  }
  onTestFinished(release)
  return release
}
