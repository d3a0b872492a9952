import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { TrainConfigurationInput } from '../../../shared/configuration.ts'
import type { ErrorDocument } from '../../../shared/errors.ts'
import { api } from '../../api.ts'
import { useRequest } from '../../composables/request.ts'
import { useJobs } from '../../stores/jobs.ts'
import { isComputing } from './jobs-of-run.ts'

/** How long the settings rest before their sizes are worked out, and before their rate is measured, in milliseconds. */
const settleMilliseconds = 300
const measureMilliseconds = 1_000
const measuredSeconds = 3

/** Codes of what is wrong with the settings or the dataset itself. */
const lasting: readonly ErrorDocument['code'][] = ['usage', 'input', 'not-found', 'corrupt']

/**
 * What a training would need: its sizes at once, its time by a measurement that begins by itself once the settings rest, unless other work keeps the machine
 * busy. Whatever is overtaken by other settings is stopped.
 */
export function useEstimate(configuration: () => TrainConfigurationInput | undefined) {
  const jobs = useJobs()
  const isBusy = computed(() => jobs.active.some(isComputing))
  const settled = shallowRef<TrainConfigurationInput>()
  /** Undefined while nothing is measured. */
  const measured = shallowRef<TrainConfigurationInput>()
  /** What has rested for long enough to be measured. */
  const rested = shallowRef<TrainConfigurationInput>()
  const wasStopped = ref(false)
  const text = computed(() => JSON.stringify(configuration() ?? null))
  let timers: ReturnType<typeof setTimeout>[] = []

  watch(
    text,
    (given) => {
      for (const timer of timers) clearTimeout(timer)
      measured.value = undefined
      rested.value = undefined
      wasStopped.value = false
      const wanted = JSON.parse(given) as TrainConfigurationInput | null
      if (wanted === null) return
      timers = [
        setTimeout(() => {
          settled.value = wanted
        }, settleMilliseconds),
        setTimeout(() => {
          rested.value = wanted
        }, measureMilliseconds),
      ]
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    for (const timer of timers) clearTimeout(timer)
  })

  const sizes = useRequest(
    () => settled.value,
    (input, options) => api.runs.sizes(input, options),
  )
  const rate = useRequest(
    () => measured.value && { configuration: measured.value, seconds: measuredSeconds },
    (input, options) => api.runs.measure(input, options),
  )

  // After the sizes: what refuses them would refuse the measurement too, and side by side each would slow the other down.
  watch([rested, sizes.answer, sizes.refreshing], ([wanted, answer, refreshing]) => {
    if (wanted === undefined || answer === undefined || refreshing || sizes.error.value !== undefined) return
    rested.value = undefined
    if (!isBusy.value) measured.value = wanted
  })

  /** What is shown is of other settings than those of now. */
  const isOutdated = computed(
    () =>
      settled.value !== undefined &&
      (text.value !== JSON.stringify(settled.value) ||
        sizes.outdated.value ||
        // An error that is still there is of what was asked before.
        (sizes.error.value !== undefined && sizes.refreshing.value)),
  )

  /** Why the host would not train with these settings, as far as it has said so: what it may do another time is no reason. */
  const refusal = computed(() => {
    const error = isOutdated.value ? undefined : sizes.error.value
    return error !== undefined && lasting.includes(error.code) ? error : undefined
  })

  function stop(): void {
    rested.value = undefined
    measured.value = undefined
    wasStopped.value = true
  }
  function measure(): void {
    wasStopped.value = false
    if (measured.value === undefined) measured.value = JSON.parse(text.value) as TrainConfigurationInput
    else void rate.refresh()
  }
  return {
    sizes,
    rate,
    isOutdated,
    refusal,
    isUnfit: computed(() => configuration() === undefined),
    isBusy,
    wasStopped,
    stop,
    measure,
  }
}
export type Estimate = ReturnType<typeof useEstimate>
