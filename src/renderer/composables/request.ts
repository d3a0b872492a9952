import { onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue'
import type { ErrorDocument } from '../../shared/errors.ts'
import { errorOf } from '../api.ts'

/** What a page shows of something it asked for: nothing yet, the answer, or the error; `refreshing` while a new answer is awaited. */
export interface Request<Answer> {
  readonly answer: Readonly<Ref<Answer | undefined>>
  readonly error: Readonly<Ref<ErrorDocument | undefined>>
  /** Waits for the first answer, or for one to other parameters. */
  readonly loading: Readonly<Ref<boolean>>
  readonly refreshing: Readonly<Ref<boolean>>
  /** Asks again; the old answer is shown until the new one is there. */
  refresh(): Promise<void>
}

/**
 * Asks the workbench at once, and again whenever the parameters change; an answer that was overtaken by a later question is dropped,
 * and its request aborted.
 * @param parameters what the question depends on; undefined asks nothing.
 */
export function useRequest<Parameters, Answer>(
  parameters: () => Parameters | undefined,
  ask: (parameters: Parameters, options: { signal: AbortSignal }) => Promise<Answer>,
): Request<Answer> {
  const answer = shallowRef<Answer>()
  const error = shallowRef<ErrorDocument>()
  const loading = ref(false)
  const refreshing = ref(false)
  let controller = new AbortController()

  async function load(asked: Parameters | undefined): Promise<void> {
    controller.abort()
    const own = new AbortController()
    controller = own
    if (asked === undefined) {
      answer.value = undefined
      error.value = undefined
      loading.value = refreshing.value = false
      return
    }
    loading.value = answer.value === undefined
    refreshing.value = true
    try {
      const given = await ask(asked, { signal: own.signal })
      if (own.signal.aborted) return
      answer.value = given
      error.value = undefined
    } catch (thrown) {
      if (own.signal.aborted) return
      error.value = errorOf(thrown)
    }
    loading.value = refreshing.value = false
  }

  watch(parameters, load, { immediate: true, deep: true })
  onScopeDispose(() => controller.abort())
  return { answer, error, loading, refreshing, refresh: () => load(parameters()) }
}
