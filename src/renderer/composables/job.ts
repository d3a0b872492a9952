import { computed, shallowRef, watch } from 'vue'
import type { ErrorDocument } from '../../shared/errors.ts'
import type { JobRecord, JobWithResult } from '../../shared/jobs.ts'
import { api } from '../api.ts'
import { errorOf } from '../connection.ts'
import { useJobs } from '../stores/jobs.ts'

/**
 * Follows one job by its number, also one of before the page was loaded: its entry as it changes, and once it has ended what it gave back.
 * @param id undefined while there is none.
 */
export function useJob<Result>(id: () => number | undefined) {
  const jobs = useJobs()
  const shown = shallowRef<JobWithResult>()
  const error = shallowRef<ErrorDocument>()
  const listed = computed(() => {
    const number = id()
    return number === undefined ? undefined : jobs.records.get(number)
  })

  watch(
    () => [id(), listed.value?.state] as const,
    async ([number], _before, onCleanup) => {
      let isLatest = true
      onCleanup(() => {
        isLatest = false
      })
      if (number !== shown.value?.id) shown.value = undefined
      error.value = undefined
      if (number === undefined) return
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
  const isOngoing = computed(() => job.value !== undefined && ['queued', 'running'].includes(job.value.state))
  /** Undefined until the job is done. */
  const result = computed(() =>
    job.value?.state === 'done' && shown.value?.state === 'done' ? (shown.value.result as Result) : undefined,
  )
  return { job, isOngoing, result, error }
}
