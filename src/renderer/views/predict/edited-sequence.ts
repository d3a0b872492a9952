import { computed, shallowRef } from 'vue'
import type { GroupName } from '../../../shared/long-tail.ts'
import { isSameEvent } from '../../../shared/sequence.ts'

/** One event of the sequence that is asked about. */
export interface SequenceEvent {
  /** Stays the same while the event is edited. */
  readonly key: number
  /** Local wall-clock milliseconds, read as UTC. */
  readonly time: number
  readonly behaviour: string
  readonly location: string | null
}

export type NewEvent = Omit<SequenceEvent, 'key'>

/** What became of an event since the sequence was loaded. */
export type Change = 'inserted' | 'edited' | null

interface State {
  readonly events: readonly SequenceEvent[]
  /** What the predictions are compared with. */
  readonly reference: readonly SequenceEvent[]
}

const nothing: State = { events: [], reference: [] }
const mostSteps = 200

const inOrder = (events: readonly SequenceEvent[]) => [...events].sort((left, right) => left.time - right.time)

/** A sequence in order of time that can be edited, undone and redone, and that remembers what it was edited from. */
export function useEditedSequence() {
  const states = shallowRef<readonly State[]>([nothing])
  const position = shallowRef(0)
  let keys = 0

  const state = computed(() => states.value[position.value]!)
  const events = computed(() => state.value.events)
  const reference = computed(() => state.value.reference)
  const original = computed(() => new Map(reference.value.map((event) => [event.key, event])))
  const isEdited = computed(
    () =>
      events.value.length !== reference.value.length ||
      events.value.some((event, index) => event !== reference.value[index]),
  )

  function advance(next: State): void {
    const kept = states.value.slice(Math.max(0, position.value + 1 - mostSteps), position.value + 1)
    states.value = [...kept, next]
    position.value = kept.length
  }
  const withKeys = (given: readonly NewEvent[]) => inOrder(given.map((event) => ({ ...event, key: ++keys })))

  /** Another sequence, of which nothing is edited yet and nothing can be undone. */
  function load(given: readonly NewEvent[]): void {
    const loaded = withKeys(given)
    states.value = [{ events: loaded, reference: loaded }]
    position.value = 0
  }

  /** Another sequence in place of this one, which undo brings back. */
  function replace(given: readonly NewEvent[]): void {
    const loaded = withKeys(given)
    advance({ events: loaded, reference: loaded })
  }

  function change(key: number, changes: Partial<NewEvent>): void {
    const edited = events.value.map((event) => (event.key === key ? { ...event, ...changes } : event))
    // An edit that leads back to what was loaded is none.
    const settled = edited.map((event) => {
      const before = original.value.get(event.key)
      return before !== undefined && isSameEvent(before, event) ? before : event
    })
    advance({ ...state.value, events: inOrder(settled) })
  }

  /** Returns the new event's key. */
  function insert(event: NewEvent): number {
    const added = { ...event, key: ++keys }
    advance({ ...state.value, events: inOrder([...events.value, added]) })
    return added.key
  }

  function remove(key: number): void {
    advance({ ...state.value, events: events.value.filter((event) => event.key !== key) })
  }

  /** From here on the predictions are compared with those of the sequence as it is now. */
  const hold = () => advance({ events: events.value, reference: events.value })
  const reset = () => advance({ events: reference.value, reference: reference.value })

  const canUndo = computed(() => position.value > 0)
  const canRedo = computed(() => position.value < states.value.length - 1)
  const undo = () => {
    if (canUndo.value) position.value--
  }
  const redo = () => {
    if (canRedo.value) position.value++
  }

  function changeOf(event: SequenceEvent): Change {
    const before = original.value.get(event.key)
    if (before === undefined) return reference.value.length === 0 ? null : 'inserted'
    return before === event ? null : 'edited'
  }
  /** How many events of the reference are not there any more. */
  const removed = computed(() => {
    const left = new Set(events.value.map(({ key }) => key))
    return reference.value.filter(({ key }) => !left.has(key)).length
  })

  return {
    events,
    reference,
    isEdited,
    removed,
    canUndo,
    canRedo,
    load,
    replace,
    change,
    insert,
    remove,
    hold,
    reset,
    undo,
    redo,
    changeOf,
  }
}
export type EditedSequence = ReturnType<typeof useEditedSequence>

/** Whether two stretches of a log tell the same. */
export const areSameEvents = (left: readonly NewEvent[] | undefined, right: readonly NewEvent[] | undefined): boolean =>
  left !== undefined && left.length === right?.length && left.every((event, index) => isSameEvent(event, right[index]!))

/** What the table shows of one event. */
export interface EventRow {
  readonly event: SequenceEvent
  readonly change: Change
  readonly group: GroupName | null
  /** False where the model does not know it. */
  readonly knownBehaviour: boolean
  readonly knownLocation: boolean
  /** Share of the last event's attention; null where the model does not read it in order. */
  readonly attention: number | null
  readonly surprise: number | null
}
