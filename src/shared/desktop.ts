import type { ChosenFile } from './files.ts'

/** What the preload puts into the desktop's page, besides the message port that it hands over. */
export interface DesktopBridge {
  /** The files of the drop that the page handles right now. Only the preload can tell that a person dropped them. */
  droppedFiles(): Promise<ChosenFile[]>
}

/** Messages between page and preload, in their window. */
export const pageMessages = { ready: 'behavegpt-ready', port: 'behavegpt-port' } as const

/** Channels between preload and main process. */
export const channels = { connect: 'behavegpt:connect', port: 'behavegpt:port', dropped: 'behavegpt:dropped' } as const

/** Origin of the desktop's page. */
export const desktopOrigin = 'app://workbench'
