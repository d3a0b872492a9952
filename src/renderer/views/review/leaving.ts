import { useI18n } from 'vue-i18n'
import { useUnsaved } from '../../composables/unsaved.ts'
import { connection } from '../../connection.ts'
import type { ReviewSession } from './session.ts'

/**
 * Stores a note that is being typed when a person leaves a desk, and asks first where work still waits for the workbench: it would be lost.
 * Call it in a component's set-up.
 */
export function useLeaving({ waiting, settled }: ReviewSession, saveNote: () => void): void {
  const { t } = useI18n()
  useUnsaved(
    () => {
      // One action is on its way already; those behind it wait for its answer.
      const isOnItsWay = waiting.value <= 1 && connection.value === 'open'
      if (waiting.value === 0 || isOnItsWay) return undefined
      return {
        title: t('review.leaving.title', waiting.value),
        content: t('review.leaving.content'),
        confirm: t('review.leaving.confirm', waiting.value),
      }
    },
    () => {
      saveNote()
      return settled()
    },
  )
}
