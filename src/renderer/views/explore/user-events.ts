import { type Ref, ref, watch } from 'vue'
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

/** A stretch of local time, in milliseconds. */
export interface Stretch {
  from: number
  until: number
}

/** So far around a linked moment events are read first, in milliseconds. */
const widestReach = 3 * 86_400_000
/** Below this there is no nearer stretch. */
const shortestReach = 1000

/**
 * Where to read events next, to show the one nearest to a moment among all that happened around it: a nearer stretch than that of the answer, which holds at least one event.
 * @param stretch the answer's; null for all of the user's time.
 * @returns null when the answer is near enough: every event of its stretch is there, or no nearer stretch can be told.
 */
export function nearerStretch(answer: UserEvents, moment: number, stretch: Stretch | null): Stretch | null {
  if (answer.sampledEvery === null || answer.events.length === 0) return null
  const before = stretch === null ? Number.POSITIVE_INFINITY : (stretch.until - stretch.from) / 2
  const nearest = Math.abs(answer.events[nearestEvent(answer, moment)]!.time - moment)
  const reach = Math.max(stretch === null ? widestReach : before / 4, nearest + 1)
  if (reach < shortestReach || reach >= before) return null
  return { from: Math.floor(moment - reach), until: Math.ceil(moment + reach) }
}

/** Index of the event nearest to a moment; -1 without events. */
export function nearestEvent({ events }: UserEvents, moment: number): number {
  return events.reduce(
    (best, { time }, index) =>
      best < 0 || Math.abs(time - moment) < Math.abs(events[best]!.time - moment) ? index : best,
    -1,
  )
}
