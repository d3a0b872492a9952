import { Menu, type MenuItemConstructorOptions } from 'electron'
import { texts } from './texts.ts'

export interface MenuActions {
  openWorkspace(): void
  showWorkspace(): void
  readonly isDevelopment: boolean
}

/** Sets the application's menu. Reloading and developer tools are for development. */
export function setMenu({ openWorkspace, showWorkspace, isDevelopment }: MenuActions): void {
  const text = texts()
  const isMac = process.platform === 'darwin'
  const development: MenuItemConstructorOptions[] = [
    { type: 'separator' },
    { role: 'reload' },
    { role: 'forceReload' },
    { role: 'toggleDevTools' },
  ]
  const appMenu: MenuItemConstructorOptions = { role: 'appMenu' }
  const helpMenu: MenuItemConstructorOptions = {
    role: 'help',
    label: text.help,
    submenu: [{ role: 'about', label: text.about }],
  }
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [appMenu] : []),
    {
      label: text.file,
      submenu: [
        { label: text.openWorkspace, accelerator: 'CommandOrControl+O', click: openWorkspace },
        { label: text.showWorkspace, accelerator: 'CommandOrControl+Shift+O', click: showWorkspace },
        { type: 'separator' },
        isMac ? { role: 'close' } : { role: 'quit', accelerator: 'CommandOrControl+Q' },
      ],
    },
    { role: 'editMenu', label: text.edit },
    {
      label: text.view,
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...(isDevelopment ? development : []),
      ],
    },
    { role: 'windowMenu' },
    ...(isMac ? [] : [helpMenu]),
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}
