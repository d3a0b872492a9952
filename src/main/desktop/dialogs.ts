import { type BrowserWindow, dialog } from 'electron'
import { toErrorDocument } from '../../shared/errors.ts'
import type { Phrase } from '../../shared/phrase.ts'
import type { Dialogs } from '../procedures/procedure.ts'
import { say, texts } from './texts.ts'

/** Native dialogs of the window's; nothing is chosen while there is none. */
export function createDialogs(window: () => BrowserWindow | undefined): Dialogs {
  return {
    async open({ extensions, multiple }) {
      const parent = window()
      if (parent === undefined) return []
      const { filePaths } = await dialog.showOpenDialog(parent, {
        properties: ['openFile', ...(multiple ? (['multiSelections'] as const) : [])],
        filters: [
          { name: extensions.join(', '), extensions: [...extensions] },
          { name: '*', extensions: ['*'] },
        ],
      })
      return filePaths
    },
    async save({ name }) {
      const parent = window()
      if (parent === undefined) return undefined
      const { canceled, filePath } = await dialog.showSaveDialog(parent, {
        defaultPath: name,
        properties: ['showOverwriteConfirmation', 'createDirectory'],
      })
      return canceled || filePath === '' ? undefined : filePath
    },
  }
}

/** Asks for a workspace folder; undefined when it was dismissed. */
export async function chooseWorkspace(window: BrowserWindow): Promise<string | undefined> {
  const { filePaths } = await dialog.showOpenDialog(window, {
    title: texts().chooseWorkspace,
    properties: ['openDirectory', 'createDirectory'],
  })
  return filePaths[0]
}

/**
 * Asks whether to go on although jobs run; true when there are none.
 * @param titles of the jobs.
 */
export function confirmEndOfJobs(window: BrowserWindow | undefined, titles: readonly Phrase[]): boolean {
  if (titles.length === 0) return true
  const text = texts()
  const options = {
    type: 'warning' as const,
    message: text.jobsRun(titles.length),
    detail: text.whatIsLost(titles.map((title) => say(title))),
    buttons: [text.stay, text.quit],
    defaultId: 0,
    cancelId: 0,
  }
  const answer = window === undefined ? dialog.showMessageBoxSync(options) : dialog.showMessageBoxSync(window, options)
  return answer === 1
}

/** Asks whether to leave a page that would lose something. */
export function confirmLoss(window: BrowserWindow): boolean {
  const text = texts()
  const answer = dialog.showMessageBoxSync(window, {
    type: 'warning',
    message: text.leaveAnyway,
    detail: text.pageLoses,
    buttons: [text.stay, text.leave],
    defaultId: 0,
    cancelId: 0,
  })
  return answer === 1
}

/** Says why a workspace cannot be opened. */
export function tellFailure(error: unknown): void {
  const { message, hint } = toErrorDocument(error)
  const text = texts()
  dialog.showErrorBox(
    text.cannotOpen,
    [message, ...(hint === undefined ? [] : [hint])].map((said) => say(said)).join('\n\n'),
  )
}
