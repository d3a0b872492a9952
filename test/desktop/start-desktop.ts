import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished, vi } from 'vitest'
import * as electron from './fake-electron.ts'

/** A folder for a test's desktop; removed when the test ends. */
function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'behavegpt-desktop-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  mkdirSync(path.join(folder, 'user'))
  return folder
}

/**
 * Starts the desktop's main module in an Electron of its own, with an empty workspace.
 * @param prepare decides what Electron is like before the program starts.
 */
export async function startDesktop(prepare: (world: typeof electron.world, folder: string) => void = () => {}) {
  const folder = newFolder()
  electron.startAgain(path.join(folder, 'user'))
  const workspace = path.join(folder, 'workspace')
  const words = process.argv
  process.argv = [words[0], '--workspace', workspace]
  prepare(electron.world, folder)
  vi.resetModules()
  await import('../../src/main/index.ts')
  electron.app.becomeReady()
  await vi.waitFor(() => {
    if (electron.world.windows.length === 0 && electron.world.exitCode === undefined && electron.world.isFirstInstance)
      throw new Error('not yet')
  })
  process.argv = words
  onTestFinished(async () => {
    electron.world.messageBoxAnswer = 1
    electron.app.quit()
    await vi.waitFor(
      () => {
        if (electron.world.windows.some((window) => !window.isDestroyed())) throw new Error('still open')
      },
      { timeout: 15_000 },
    )
  })
  const [window] = electron.world.windows
  return { folder, workspace, window, page: window?.webContents, world: electron.world }
}
