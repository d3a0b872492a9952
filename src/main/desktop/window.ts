import { BrowserWindow, nativeTheme } from 'electron'
import { desktopOrigin } from '../../shared/desktop.ts'
import { readWindowState, rememberWindowState } from './window-state.ts'

export interface WindowOptions {
  /** The bundled preload. */
  readonly preload: string
  /** Where the window's place is remembered. */
  readonly stateFile: string
  readonly icon?: string
  readonly isDevelopment: boolean
}

/** Opens the window with the page, as Electron's security checklist has it, and shows it once there is something to see. */
export function openWindow({ preload, stateFile, icon, isDevelopment }: WindowOptions): BrowserWindow {
  const { bounds, maximized } = readWindowState(stateFile)
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 800,
    minHeight: 640,
    show: false,
    title: 'BehaveGPT Workbench',
    // The page's own backgrounds, so that nothing flashes.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#f6f7f9',
    ...(icon === undefined ? {} : { icon }),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: isDevelopment,
    },
  })
  rememberWindowState(window, stateFile)
  window.once('ready-to-show', () => {
    if (maximized) window.maximize()
    window.show()
  })
  void window.loadURL(`${desktopOrigin}/`)
  return window
}
