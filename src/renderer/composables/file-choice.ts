import { onScopeDispose, ref, shallowRef } from 'vue'
import type { ErrorDocument } from '../../shared/errors.ts'
import type { ChosenFile } from '../../shared/files.ts'
import { errorOf } from '../connection.ts'

/** How files are brought to the host. On the desktop they need no way. */
export interface Bringing {
  /** Told while they are on their way: the share that has arrived, 0 to 1. */
  onArrival(share: number): void
  /** Aborts what is on its way. */
  signal: AbortSignal
}

/**
 * Brings the files that a person chooses to the host. A newer choice, `cancel` and leaving the page abort the one before, of which nothing is told any more.
 * @param onChosen told of the files when all have arrived.
 */
export function useFileChoice(onChosen: (files: ChosenFile[]) => void) {
  /** Share of the files that has arrived; undefined while none are on their way. */
  const arrived = ref<number>()
  const error = shallowRef<ErrorDocument>()
  let controller = new AbortController()

  function cancel(): void {
    controller.abort()
    arrived.value = undefined
  }

  async function take(bring: (bringing: Bringing) => Promise<ChosenFile[]>): Promise<void> {
    cancel()
    controller = new AbortController()
    const { signal } = controller
    error.value = undefined
    const onArrival = (share: number) => {
      if (!signal.aborted) arrived.value = share
    }
    try {
      const chosen = await bring({ onArrival, signal })
      // None when a dialog was dismissed.
      if (!signal.aborted && chosen.length > 0) onChosen(chosen)
    } catch (thrown) {
      if (!signal.aborted) error.value = errorOf(thrown)
    }
    if (!signal.aborted) arrived.value = undefined
  }

  onScopeDispose(cancel)
  return { arrived, error, take, cancel }
}
