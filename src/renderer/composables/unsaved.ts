import { onScopeDispose } from 'vue'
import { useI18n } from 'vue-i18n'
import { onBeforeRouteLeave } from 'vue-router'
import { useConfirmation } from './confirmation.ts'

/** What a person did here and nothing has kept, as the question whether it may be lost says it. */
export interface Loss {
  title: string
  content: string
  /** What the button says that loses it. */
  confirm: string
}

/** Asks in the workbench's own dialog whether something may be lost; false where a person keeps it. Call it in a component's set-up. */
export function useLossQuestion(): (loss: Loss) => Promise<boolean> {
  const { t } = useI18n()
  const confirm = useConfirmation()
  return ({ title, content, confirm: positiveText }) =>
    new Promise((resolve) => {
      confirm({
        title,
        content,
        positiveText,
        negativeText: t('common.cancel'),
        onPositiveClick: () => resolve(true),
        // However else it was closed.
        onAfterLeave: () => resolve(false),
      })
    })
}

/** What is being stored in this time is stored without a question. */
const patienceMilliseconds = 1000

/**
 * Asks before a page is left for another one, loaded anew or closed, where something would be lost. Call it in the set-up of a page or of what is on it. The browser,
 * and the desktop's main process, ask in words of their own.
 * @param loss undefined while nothing would be.
 * @param settle stores what can still be stored, and resolves when it is.
 */
export function useUnsaved(loss: () => Loss | undefined, settle?: () => Promise<unknown>): void {
  const ask = useLossQuestion()
  let answer: Promise<boolean> | undefined
  onBeforeRouteLeave(async () => {
    if (settle !== undefined) await Promise.race([settle(), pause(patienceMilliseconds)])
    const lost = loss()
    if (lost === undefined) return true
    // One question, also for a person who goes somewhere else while it is asked.
    answer ??= ask(lost).finally(() => {
      answer = undefined
    })
    return answer
  })

  const hold = (event: BeforeUnloadEvent) => {
    void settle?.()
    if (loss() !== undefined) event.preventDefault()
  }
  window.addEventListener('beforeunload', hold)
  onScopeDispose(() => window.removeEventListener('beforeunload', hold))
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))
