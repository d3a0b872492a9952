import type { DesktopBridge } from '../shared/desktop.ts'

/** What the desktop's preload gives; undefined in a browser. */
export const desktop = (window as { behavegptDesktop?: DesktopBridge }).behavegptDesktop
