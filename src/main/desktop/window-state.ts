import { readFileSync, writeFileSync } from 'node:fs'
import type { BrowserWindow, Rectangle } from 'electron'
import { screen } from 'electron'

interface WindowState {
  readonly bounds: Rectangle
  readonly maximized: boolean
}

const standard = { width: 1440, height: 900 }
/** Where the window was when it was last closed, brought onto the nearest screen where that place is on none; only a size where it was never written down. */
export function readWindowState(file: string): { bounds: Partial<Rectangle>; maximized: boolean } {
  try {
    const { bounds, maximized } = JSON.parse(readFileSync(file, 'utf8')) as WindowState
    const { x, y, width, height } = bounds
    if (![x, y, width, height].every(Number.isSafeInteger)) return { bounds: standard, maximized: false }
    return { bounds: withinReach({ x, y, width, height }), maximized: maximized === true }
  } catch {
    return { bounds: standard, maximized: false }
  }
}

/** The place of a window all of which can be seen, so that a person gets hold of its title and its buttons. */
function withinReach(bounds: Rectangle): Rectangle {
  const { workArea } = screen.getDisplayMatching(bounds)
  const width = Math.min(bounds.width, workArea.width)
  const height = Math.min(bounds.height, workArea.height)
  return {
    x: Math.min(Math.max(bounds.x, workArea.x), workArea.x + workArea.width - width),
    y: Math.min(Math.max(bounds.y, workArea.y), workArea.y + workArea.height - height),
    width,
    height,
  }
}

/** Writes down where the window is whenever it closes. */
export function rememberWindowState(window: BrowserWindow, file: string): void {
  window.on('close', () => {
    const state: WindowState = { bounds: window.getNormalBounds(), maximized: window.isMaximized() }
    try {
      writeFileSync(file, JSON.stringify(state))
    } catch {
      // The next start has the standard size: nothing that a person must know.
    }
  })
}
