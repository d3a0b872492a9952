import { app } from 'electron'

/** The command line without the program itself: in development it names Electron and the program's folder. */
export const ownWords = () => process.argv.slice(app.isPackaged ? 1 : 2)

/**
 * Makes this the only running desktop of the person: false when there is one already, which is told what this one was started with.
 * @param onSecond called in the first one with the second's words and folder.
 */
export function isOnlyInstance(onSecond: (words: readonly string[], folder: string) => void): boolean {
  // Chromium may rearrange the command line on its way; what is handed over as data stays as it is.
  if (!app.requestSingleInstanceLock({ words: ownWords(), folder: process.cwd() })) return false
  app.on('second-instance', (_event, _words, _folder, told) => {
    const { words: toldWords, folder } = told as { words: string[]; folder: string }
    onSecond(toldWords, folder)
  })
  return true
}
