import { computed, shallowRef, watch } from 'vue'
import type { ErrorDocument } from '../../../shared/errors.ts'
import { api } from '../../api.ts'
import { trains } from '../../components/job-links.ts'
import { useRequest } from '../../composables/request.ts'
import { errorOf } from '../../connection.ts'
import { useJobs } from '../../stores/jobs.ts'
import { isComputing } from './jobs-of-run.ts'

/**
 * A run with the job that trains it or trained it last: known by the run's id or name, from the moment on when it waits in the queue and has not begun to exist.
 * @param asked id or name
 */
export function useWatchedRun(asked: () => string) {
  const jobs = useJobs()
  const run = useRequest(
    () => ({ run: asked() }),
    (input, options) => api.runs.describe(input, options),
  )
  const names = computed(() => [asked(), run.answer.value?.id, run.answer.value?.name])
  const job = computed(() => jobs.newestFirst.find((each) => trains(each, names.value)))
  const isLive = computed(
    () => job.value?.state === 'running' || (job.value === undefined && run.answer.value?.status === 'running'),
  )
  const isWaiting = computed(() => job.value?.state === 'queued')
  /** How many jobs have their turn before it. */
  const before = computed(
    () => jobs.active.filter((each) => isComputing(each) && each.id < (job.value?.id ?? 0)).length,
  )

  // A run comes to life some seconds after its job, and its best value changes with every validation.
  watch(
    () => [job.value?.id, job.value?.state, job.value?.progress?.stage],
    () => void run.refresh(),
  )

  const refusal = shallowRef<ErrorDocument>()
  async function ask(question: () => Promise<unknown>): Promise<void> {
    refusal.value = undefined
    try {
      await question()
    } catch (error) {
      refusal.value = errorOf(error)
    }
  }
  return {
    run,
    job,
    isLive,
    isWaiting,
    before,
    refusal,
    pause: () => ask(() => api.jobs.pause({ id: job.value!.id })),
    cancel: () => ask(() => api.jobs.cancel({ id: job.value!.id })),
    resume: () => ask(() => api.runs.resume({ run: run.answer.value!.id })),
    evaluate: () => ask(() => api.runs.evaluate({ run: run.answer.value!.id })),
  }
}
