/**
 * The bridge between the desktop's page and the main process, bundled into one file for the sandbox: it hands over one message port, and tells the host which
 * files a person dropped.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { channels, type DesktopBridge, pageMessages } from '../shared/desktop.ts'
import type { ChosenFile } from '../shared/files.ts'

/** The part of the page's window that is used here. */
interface PageWindow {
  readonly origin: string
  addEventListener(kind: 'message', listener: (event: { source: unknown; data: unknown }) => void): void
  addEventListener(kind: 'drop', listener: (event: PageDrop) => void, capture: boolean): void
  postMessage(message: unknown, origin: string, transfer: readonly unknown[]): void
}

interface PageDrop {
  /** False for events that a script made up. */
  readonly isTrusted: boolean
  readonly dataTransfer: { readonly files: ArrayLike<File> } | null
}

declare const window: PageWindow

let dropped: Promise<ChosenFile[]> = Promise.resolve([])

// Before the page sees the event. Paths of files that no person dropped are told to nobody.
window.addEventListener(
  'drop',
  ({ isTrusted, dataTransfer }) => {
    if (!isTrusted) return
    const paths = Array.from(dataTransfer?.files ?? [], (file) => webUtils.getPathForFile(file)).filter(Boolean)
    dropped = ipcRenderer.invoke(channels.dropped, paths)
    // A page that does not care about this drop does not care about its failure either.
    dropped.catch(() => {})
  },
  true,
)

window.addEventListener('message', ({ source, data }) => {
  if (source === window && data === pageMessages.ready) ipcRenderer.send(channels.connect)
})

ipcRenderer.on(channels.port, ({ ports }) => window.postMessage(pageMessages.port, window.origin, ports))

const bridge: DesktopBridge = { droppedFiles: () => dropped }
contextBridge.exposeInMainWorld('behavegptDesktop', bridge)
