import { readFileSync, writeFileSync } from 'node:fs'
import type { BrowserWindow, Rectangle } from 'electron'
import { screen } from 'electron'

interface WindowState {
  readonly bounds: Rectangle
  readonly maximized: boolean
}

const standard = { width: 1440, height: 900 }
/** So much of the window must be on a screen for a person to get hold of it. */
const graspable = 100

/** Where the window was when it was last closed; only a size where that place is on no screen any more, or was never written down. */
export function readWindowState(file: string): { bounds: Partial<Rectangle>; maximized: boolean } {
  try {
    const { bounds, maximized } = JSON.parse(readFileSync(file, 'utf8')) as WindowState
    const { x, y, width, height } = bounds
    if (![x, y, width, height].every(Number.isSafeInteger)) return { bounds: standard, maximized: false }
    return { bounds: isGraspable(bounds) ? { x, y, width, height } : { width, height }, maximized: maximized === true }
  } catch {
    return { bounds: standard, maximized: false }
  }
}

function isGraspable({ x, y, width }: Rectangle): boolean {
  return screen.getAllDisplays().some(({ workArea }) => {
    const visible = Math.min(x + width, workArea.x + workArea.width) - Math.max(x, workArea.x)
    return visible >= graspable && y >= workArea.y && y <= workArea.y + workArea.height - graspable
  })
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
