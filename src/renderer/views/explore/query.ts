import { computed, onBeforeUnmount } from 'vue'
import { type LocationQuery, useRoute, useRouter } from 'vue-router'
import { api } from '../../api.ts'
import { simulatedShare } from '../../components/simulated.ts'
import { useRequest } from '../../composables/request.ts'
import { zonesOf } from '../../composables/zone-text.ts'
import { useJobs } from '../../stores/jobs.ts'

/** What the address says besides the page: kept there, so that a link shows the same. */
export function useQuery() {
  const route = useRoute()
  const router = useRouter()

  /** All values of a key, in order. */
  const list = (key: string): string[] =>
    [route.query[key] ?? []].flat().filter((value): value is string => value !== null && value !== '')

  /** Replaces keys; undefined and empty ones go. */
  function set(change: Record<string, string | string[] | undefined>): void {
    const query: LocationQuery = { ...route.query }
    for (const [key, value] of Object.entries(change)) {
      if (value === undefined || value.length === 0) delete query[key]
      else query[key] = value
    }
    void router.replace({ query })
  }

  return { list, set }
}

/** The values of now, as the array of before where they are the same: what asks for them is not asked anew with every other word of the address. */
export const kept = (before: string[] | undefined, now: string[]): string[] =>
  before?.length === now.length && before.every((value, index) => value === now[index]) ? before : now

/** The sources that a page looks at: those that its address names, all when it names none. */
export function useSources() {
  const query = useQuery()
  const sources = computed({
    get: (before?: string[]) => kept(before, query.list('source')),
    set: (names: string[]) => query.set({ source: names }),
  })
  const sourceQuery = computed(() => ({ source: sources.value }))
  return { sources, sourceQuery }
}

const logChanging = ['import', 'simulate', 'remove-source']

/** Calls when a job has changed the logs, until the caller's component goes. */
export function onLogsChanged(again: () => void): void {
  onBeforeUnmount(useJobs().onEnded(({ kind }) => logChanging.includes(kind) && again()))
}

/** All sources that there are, and of those that a page looks at their zones and how much is simulated. */
export function useListedSources(chosen: () => readonly string[]) {
  const request = useRequest(
    () => ({}),
    (input, options) => api.logs.listSources(input, options),
  )
  onLogsChanged(() => void request.refresh())
  const listed = computed(() => request.answer.value ?? [])
  return {
    listed,
    zones: computed(() => zonesOf(listed.value, chosen())),
    simulated: computed(() => simulatedShare(listed.value, chosen())),
  }
}
