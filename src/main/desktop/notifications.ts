import { Notification } from 'electron'
import type { JobRecord } from '../../shared/jobs.ts'
import type { Phrase } from '../../shared/phrase.ts'
import { endText, say, texts } from './texts.ts'

/** Shown notifications; one that is collected as garbage loses its click. */
const shown = new Set<Notification>()

/** Tells that a job has ended; a click shows the window, also where it was closed meanwhile. */
export function notifyOfJob({ state, error }: JobRecord, title: Phrase, showWindow: () => void): void {
  if (!Notification.isSupported()) return
  const notification = new Notification({
    title: texts().jobEnd(say(title), endText(state)),
    body: error === null ? '' : say(error.message).split('\n', 1)[0].slice(0, 200),
  })
  shown.add(notification)
  notification.on('close', () => shown.delete(notification))
  notification.on('click', () => {
    shown.delete(notification)
    showWindow()
  })
  notification.show()
}
