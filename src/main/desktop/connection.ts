import { RPCHandler } from '@orpc/server/message-port'
import { type BrowserWindow, ipcMain, MessageChannelMain, type MessagePortMain } from 'electron'
import { channels } from '../../shared/desktop.ts'
import type { OpenPageHost } from '../page-host.ts'
import { type Connection, router } from '../router.ts'
import { isFromPage } from './security.ts'

/**
 * Answers the window's page: one message port for everything that it may ask, a new one whenever it is loaded, and the files that a person dropped. Whoever else
 * sends on these channels hears nothing.
 * @param opened the workspace that is open; another one after a person has changed it, and then the page is loaded again.
 */
export function connectPage(window: BrowserWindow, opened: () => OpenPageHost): void {
  const handler = new RPCHandler<Connection>(router)
  let current: MessagePortMain | undefined
  ipcMain.removeHandler(channels.dropped)
  ipcMain.removeAllListeners(channels.connect)

  ipcMain.on(channels.connect, ({ senderFrame }) => {
    if (!isFromPage(senderFrame, window.webContents)) return
    current?.close()
    const { port1, port2 } = new MessageChannelMain()
    current = port1
    handler.upgrade(port1, { context: { host: opened().host } })
    port1.start()
    window.webContents.postMessage(channels.port, null, [port2])
  })

  ipcMain.handle(channels.dropped, ({ senderFrame }, paths: unknown) => {
    if (!isFromPage(senderFrame, window.webContents)) throw new Error('not for this page')
    if (!Array.isArray(paths) || !paths.every((file) => typeof file === 'string')) throw new Error('no paths')
    return paths.map((file) => opened().files.choose(file))
  })

  window.on('closed', () => current?.close())
}
