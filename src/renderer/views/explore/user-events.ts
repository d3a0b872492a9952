import { computed, type Ref, ref, shallowRef, watch } from 'vue'
import type { UserEvents } from '../../../shared/explore.ts'
import { isSameEvent } from '../../../shared/sequence.ts'

/**
 * The selected event and span of a user's events, by index in the answer. They stay on their events when another answer brings these again at other places, as one about a
 * nearer stretch does.
 */
export function useSelectedEvents(answer: Readonly<Ref<UserEvents | undefined>>) {
  const selected = ref<number | null>(null)
  const span = ref<[number, number] | null>(null)
  watch(answer, (now, before) => {
    const indexNow = (index: number | null | undefined) => {
      const event = index == null ? undefined : before?.events[index]
      if (event === undefined || now?.user !== before?.user) return null
      const found = now!.events.findIndex((other) => isSameEvent(other, event))
      return found < 0 ? null : found
    }
    const [from, until] = [indexNow(span.value?.[0]), indexNow(span.value?.[1])]
    selected.value = indexNow(selected.value)
    span.value = from === null || until === null ? null : [from, until]
  })
  return { selected, span }
}

/** How many different names there are: all of them once an answer held every event, and until then at least those that were seen. */
export interface Distinct {
  readonly count: number
  readonly isAll: boolean
}

/** Counts of a user's behaviours and places over all answers about this user, so that a filter or a nearer stretch does not make them fewer. */
export function useDistinct(answer: Readonly<Ref<UserEvents | undefined>>, subject: () => unknown) {
  const seen = shallowRef({ behaviours: new Set<string>(), places: new Set<string>(), isAll: false })
  watch(
    [answer, () => JSON.stringify(subject())],
    ([now, about], [, aboutBefore]) => {
      const { behaviours, places, isAll } =
        about === aboutBefore ? seen.value : { behaviours: new Set<string>(), places: new Set<string>(), isAll: false }
      for (const { behaviour, location } of now?.events ?? []) {
        behaviours.add(behaviour)
        if (location !== null) places.add(location)
      }
      seen.value = { behaviours, places, isAll: isAll || (now !== undefined && now.events.length === now.total) }
    },
    { immediate: true },
  )
  return {
    behaviours: computed<Distinct>(() => ({ count: seen.value.behaviours.size, isAll: seen.value.isAll })),
    places: computed<Distinct>(() => ({ count: seen.value.places.size, isAll: seen.value.isAll })),
  }
}
