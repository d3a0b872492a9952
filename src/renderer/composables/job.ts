import { computed, ref, shallowRef, watch } from 'vue'
import type { ErrorDocument } from '../../shared/errors.ts'
import type { JobRecord, JobWithResult } from '../../shared/jobs.ts'
import { phrase } from '../../shared/phrase.ts'
import { api } from '../api.ts'
import { errorOf, onReturn } from '../connection.ts'
import { useJobs } from '../stores/jobs.ts'

/**
 * Follows one job by its number, also one of before the page was loaded: its entry as it changes, and once it has ended what it gave back.
 * @param id as a number or as an address says it; undefined while there is none.
 */
export function useJob<Result>(id: () => number | string | undefined) {
  const jobs = useJobs()
  const shown = shallowRef<JobWithResult>()
  const error = shallowRef<ErrorDocument>()
  const listed = computed(() => {
    const number = id()
    return number === undefined ? undefined : jobs.records.get(Number(number))
  })

  /** How often the question that broke off was asked anew. */
  const returns = ref(0)
  onReturn(() => {
    if (error.value !== undefined) returns.value++
  })

  watch(
    () => [id(), listed.value?.state, returns.value] as const,
    async ([asked], _before, onCleanup) => {
      let isLatest = true
      onCleanup(() => {
        isLatest = false
      })
      const number = Number(asked)
      if (number !== shown.value?.id) shown.value = undefined
      error.value = undefined
      if (asked === undefined) return
      if (!Number.isSafeInteger(number) || number < 1) {
        error.value = {
          code: 'not-found',
          message: phrase`There is no job ${String(asked).slice(0, 100)} in this workspace.`,
        }
        return
      }
      try {
        const answer = await api.jobs.show({ id: number })
        if (isLatest) shown.value = answer
      } catch (thrown) {
        if (isLatest) error.value = errorOf(thrown)
      }
    },
    { immediate: true },
  )

  const job = computed<JobRecord | undefined>(() => listed.value ?? shown.value)
  /** Whether there is a number, and nothing is known of its job yet. */
  const isAwaited = computed(() => id() !== undefined && job.value === undefined && error.value === undefined)
  const isOngoing = computed(() => job.value !== undefined && ['queued', 'running'].includes(job.value.state))
  /** Undefined until the job is done. */
  const result = computed(() =>
    job.value?.state === 'done' && shown.value?.state === 'done' ? (shown.value.result as Result) : undefined,
  )
  return { job, isAwaited, isOngoing, result, error }
}
