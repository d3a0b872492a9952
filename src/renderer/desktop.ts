import type { DesktopBridge } from '../shared/desktop.ts'

/** What the desktop's preload gives; undefined in a browser. */
export const desktop = (globalThis as { behavegptDesktop?: DesktopBridge }).behavegptDesktop
