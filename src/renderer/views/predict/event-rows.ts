import { computed, type Ref } from 'vue'
import type { GroupName } from '../../../shared/long-tail.ts'
import type { Inspection, UserHistory } from '../../../shared/prediction.ts'
import type { TimelineEvent } from '../../../shared/sequence.ts'
import type { EditedSequence, EventRow } from './edited-sequence.ts'

/** What is known of each event that can be edited: from the inspection where it is of the same events, and from the surprise of the history. */
export function useEventRows(
  sequence: EditedSequence,
  inspection: Readonly<Ref<Inspection | undefined>>,
  surprise: Readonly<Ref<UserHistory | undefined>>,
  layer: Readonly<Ref<string>>,
) {
  /** Attention by event of the window. */
  const weights = computed<readonly number[]>(() => {
    const layers = inspection.value?.attention ?? []
    const one = layers[Number(layer.value) - 1]
    if (one !== undefined) return one
    return (layers[0] ?? []).map((_, index) => layers.reduce((sum, each) => sum + each[index]!, 0) / layers.length)
  })
  /** Index of the window's first event among those that can be edited; negative where it begins before them. */
  const windowStart = computed(() => sequence.events.value.length - (inspection.value?.window.length ?? 0))

  const groups = computed(() => {
    const found = new Map<string, GroupName | null>()
    for (const { behaviour, group } of surprise.value?.events ?? []) found.set(behaviour, group ?? null)
    for (const { behaviour, group } of inspection.value?.window ?? []) found.set(behaviour, group ?? null)
    return found
  })
  /** Events before the first edit: what the model said of them still holds. */
  const untouched = computed(() => {
    const { events, reference } = sequence
    const first = events.value.findIndex((event, index) => event !== reference.value[index])
    return first < 0 ? events.value.length : first
  })

  const rows = computed<EventRow[]>(() => {
    const window = inspection.value?.window ?? []
    return sequence.events.value.map((event, index) => {
      const position = index - windowStart.value
      // While another answer is awaited, the window is that of the sequence before the last edit.
      const seen = window[position]
      const isSame = seen?.time === event.time && seen.behaviour === event.behaviour
      const told = surprise.value?.events[index]
      const isTold = index < untouched.value && told?.time === event.time && told.behaviour === event.behaviour
      return {
        event,
        change: sequence.changeOf(event),
        group: groups.value.get(event.behaviour) ?? null,
        knownBehaviour: !isSame || seen.knownBehaviour,
        knownLocation: !isSame || seen.knownLocation,
        attention: isSame ? weights.value[position]! : null,
        surprise: isTold ? (told.surprise ?? null) : null,
      }
    })
  })
  const timeline = computed<TimelineEvent[]>(() =>
    rows.value.map(({ event, group, surprise: nats }) => ({
      time: event.time,
      behaviour: event.behaviour,
      location: event.location,
      group,
      surprise: nats,
    })),
  )
  return { rows, timeline, weights, windowStart }
}
