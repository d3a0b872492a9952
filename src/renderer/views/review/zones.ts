import { computed } from 'vue'
import type { ReviewOrigin } from '../../../shared/review.ts'
import { api } from '../../api.ts'
import { useRequest } from '../../composables/request.ts'
import { zonesOf } from '../../composables/zone-text.ts'

/** The zones in which the times of a review's sequences are told: those of the sources that they were cut from, as far as the workspace still has these. */
export function useReviewZones(origin: () => ReviewOrigin | undefined) {
  const request = useRequest(origin, async ({ dataset, source }, options) => {
    if (source !== null) {
      const sources = await api.logs.listSources({}, options)
      return sources.filter(({ id, name }) => id === source.id && name === source.name)
    }
    if (dataset === null) return []
    // Removed since, it is an error; the sequences are there all the same.
    return await api.datasets.history({ dataset: dataset.id }, options).then(
      ({ lineage }) => lineage.sources,
      () => [],
    )
  })
  return computed(() => zonesOf(request.answer.value ?? [], []))
}
