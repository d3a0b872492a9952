import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import type { ContractRouterClient } from '@orpc/contract'
import { expect, onTestFinished, vi } from 'vitest'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import type { Contract } from '../../src/shared/contract/index.ts'
import { channels } from '../../src/shared/desktop.ts'
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
        const { windows, quits, exitCode } = electron.world
        if (windows.some((window) => !window.isDestroyed())) throw new Error('still open')
        // What it still does would happen to the program of the next test: there is one `app`.
        if (quits === 0 && exitCode === undefined) throw new Error('still ending')
      },
      { timeout: 15_000 },
    )
  })
  const [window] = electron.world.windows
  return { folder, workspace, window, page: window?.webContents, world: electron.world }
}

/** A workspace that nobody has open. */
export function makeWorkspace(folder: string, name: string): string {
  const directory = path.join(folder, name)
  openWorkspace(directory, { mode: 'write', create: true }).close()
  return directory
}

type Desktop = Awaited<ReturnType<typeof startDesktop>>

/** What the page does once it is loaded: asks for its port, and talks over it. */
export async function connect({ page }: Desktop): Promise<ContractRouterClient<Contract>> {
  const before = page.posted.length
  electron.ipcMain.emit(channels.connect, { senderFrame: page.mainFrame })
  const { channel, ports } = page.posted[before]
  expect(channel).toBe(channels.port)
  expect(ports).toHaveLength(1)
  onTestFinished(() => ports[0].port.close())
  return createORPCClient(new RPCLink({ port: ports[0].port as never }))
}
