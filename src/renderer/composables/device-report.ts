import { computed, onScopeDispose, watch } from 'vue'
import { api } from '../api.ts'
import { useJobs } from '../stores/jobs.ts'
import { useRequest } from './request.ts'

/** What the doctor found of this machine's devices, as it finds it, and the check that waits or runs, whoever began it, or the last one that did. */
export function useDeviceReport() {
  const jobs = useJobs()
  const report = useRequest(
    () => ({}),
    (input, options) => api.doctor.lastReport(input, options),
  )
  const check = computed(() => jobs.newestFirst.find(({ kind }) => kind === 'doctor'))
  const isChecking = computed(() => check.value !== undefined && ['queued', 'running'].includes(check.value.state))
  // What is found of a device is in the report before the check goes on to the next.
  watch(
    () => check.value?.progress?.done,
    () => void (isChecking.value && report.refresh()),
  )
  onScopeDispose(jobs.onEnded(({ kind }) => void (kind === 'doctor' && report.refresh())))
  return { report, check, isChecking }
}
