import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { ReviewProject } from '../../shared/review.ts'
import type { RunRecord } from '../../shared/runs.ts'
import { api } from '../api.ts'
import { wholly } from '../components/simulated.ts'
import { useJobs } from './jobs.ts'

/** What people call runs and datasets, by id: jobs know them by either. Which datasets are simulated, how the runs ended, and which review has a name. Read again whenever a job ends, which may have made one. */
export const useNames = defineStore('names', () => {
  const runs = shallowRef<RunRecord[]>([])
  const datasets = shallowRef<{ id: string; names: string[]; simulated: boolean }[]>([])
  const reviews = shallowRef<Pick<ReviewProject, 'id' | 'name'>[]>([])
  const jobs = useJobs()

  async function refresh(): Promise<void> {
    try {
      ;[runs.value, datasets.value, reviews.value] = await Promise.all([
        api.runs.list({}),
        api.datasets.list({}),
        api.review.list({}),
      ])
    } catch {
      // Ids are shown as long as there are no names; pages say what is wrong with the workspace.
    }
  }
  jobs.onEnded(() => void refresh())
  void refresh()

  const byId = computed(
    () =>
      new Map([
        ...runs.value.map(({ id, name }) => [id, name] as const),
        ...datasets.value.map(({ id, names }) => [id, names[0] ?? id] as const),
      ]),
  )
  /** The name of a run or dataset; what is given where it is a name already, or of nothing known. */
  const nameOf = (idOrName: string) => byId.value.get(idOrName) ?? idOrName
  const simulated = computed(() => new Set(datasets.value.filter((each) => each.simulated).map(({ id }) => id)))
  /** How much of a dataset, and so of what was trained on it, is marked as generated. */
  const simulatedDataset = (id: string | undefined) => wholly(id !== undefined && simulated.value.has(id))
  /** Id of the review of a name. */
  const reviewOf = (name: string) => reviews.value.find((review) => review.name === name)?.id
  return { runs, nameOf, simulatedDataset, reviewOf, refresh }
})
