import { type BrowserWindow, Notification } from 'electron'
import type { JobRecord } from '../../shared/jobs.ts'
import type { Phrase } from '../../shared/phrase.ts'
import { endText, say, texts } from './texts.ts'

/** Shown notifications; one that is collected as garbage loses its click. */
const shown = new Set<Notification>()

/** Tells that a job has ended, unless a person looks at the window anyway; a click brings it back. */
export function notifyOfJob({ state, error }: JobRecord, title: Phrase, window: BrowserWindow | undefined): void {
  if (window?.isFocused() || !Notification.isSupported()) return
  const notification = new Notification({
    title: texts().jobEnd(say(title), endText(state)),
    body: error === null ? '' : say(error.message).split('\n', 1)[0].slice(0, 200),
  })
  shown.add(notification)
  notification.on('close', () => shown.delete(notification))
  notification.on('click', () => {
    shown.delete(notification)
    if (window === undefined || window.isDestroyed()) return
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  })
  notification.show()
}
