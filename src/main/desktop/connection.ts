import { setTimeout as sleep } from 'node:timers/promises'
import { RPCHandler } from '@orpc/server/message-port'
import { type BrowserWindow, ipcMain, MessageChannelMain, type MessagePortMain } from 'electron'
import { channels } from '../../shared/desktop.ts'
import type { OpenPageHost } from '../page-host.ts'
import { type Connection, router } from '../router.ts'
import { isFromPage } from './security.ts'

/** A port whose page has gone is given up after so long. */
const patienceMilliseconds = 1_000

/**
 * Answers the window's page: one message port for everything that it may ask, a new one whenever it is loaded, and the files that a person dropped. Whoever else
 * sends on these channels hears nothing.
 * @param opened the workspace that is open; another one after a person has changed it, and then the page is loaded again.
 * @returns what resolves once a page that has gone is answered to the last: what it stored while it closed comes before the end of its port.
 */
export function connectPage(window: BrowserWindow, opened: () => OpenPageHost): () => Promise<void> {
  const handler = new RPCHandler<Connection>(router)
  let current: MessagePortMain | undefined
  let isOver = Promise.resolve()
  ipcMain.removeHandler(channels.dropped)
  ipcMain.removeAllListeners(channels.connect)

  ipcMain.on(channels.connect, ({ senderFrame }) => {
    if (!isFromPage(senderFrame, window.webContents)) return
    current?.close()
    const { port1, port2 } = new MessageChannelMain()
    current = port1
    isOver = new Promise((resolve) => port1.once('close', resolve))
    handler.upgrade(port1, { context: { host: opened().host } })
    port1.start()
    window.webContents.postMessage(channels.port, null, [port2])
  })

  ipcMain.handle(channels.dropped, ({ senderFrame }, paths: unknown) => {
    if (!isFromPage(senderFrame, window.webContents)) throw new Error('not for this page')
    if (!Array.isArray(paths) || !paths.every((file) => typeof file === 'string')) throw new Error('no paths')
    return paths.map((file) => opened().files.choose(file))
  })

  return async () => {
    await Promise.race([isOver, sleep(patienceMilliseconds, undefined, { ref: false })])
    current?.close()
  }
}
