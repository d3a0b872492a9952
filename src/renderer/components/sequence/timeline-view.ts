import { computed, type Ref, ref, shallowRef, watch } from 'vue'
import type { TimelineEvent } from '../../../shared/sequence.ts'
import {
  clamped,
  endOf,
  panned,
  revealing,
  roomOfBlock,
  type TimelineView,
  wholeOf,
  zoomed,
} from './timeline-layout.ts'
import { makeScale, type ScaleKind } from './timeline-scale.ts'

/** Pixels that a step takes at first where not all of them fit. */
const stepWidth = 34
/** Pixels that the name of the last step hangs over to the right, where what comes next stands beside it. */
const hangingName = 56

/** Whether only what is said of the events has changed, such as their labels: they stand where they stood. */
const standSame = (now: readonly TimelineEvent[], before: readonly TimelineEvent[] = []) =>
  now.length === before.length && now.every(({ time }, index) => time === before[index].time)

/** What part of a sequence is looked at, and how it moves. The selected event is in it whenever the part is another one. */
export function useTimelineView(
  events: () => readonly TimelineEvent[],
  selected: () => number | null,
  initialKind: ScaleKind,
  width: Ref<number>,
  endsNow: () => boolean,
  extent: () => readonly [number, number] | undefined,
  looked: () => readonly [number, number] | undefined,
) {
  const kind = ref<ScaleKind>(initialKind)
  const scale = computed(() => makeScale(kind.value, events(), extent()))
  const room = computed(() => {
    const ofBlock = roomOfBlock(width.value)
    return ofBlock > 0 && kind.value === 'order' && endsNow() ? ofBlock + hangingName / width.value : ofBlock
  })
  const view = shallowRef<TimelineView>({ from: 0, until: 1 })

  function showAll(): void {
    view.value = wholeOf(scale.value, room.value)
  }

  /** All of it; in steps only as many as can be read, the last ones where the sequence ends now. */
  function reset(): void {
    showAll()
    const { from, until } = view.value
    const steps = Math.max(8, width.value / stepWidth)
    if (kind.value === 'time' || width.value === 0 || until - from <= steps) return
    const end = endOf(scale.value, steps, room.value)
    view.value = endsNow() ? { from: end - steps, until: end } : { from, until: from + steps }
    const index = selected()
    if (index !== null) reveal(index)
  }

  const zoom = (factor: number, around = (view.value.from + view.value.until) / 2) => {
    view.value = zoomed(view.value, scale.value, factor, around, room.value)
  }
  const pan = (share: number) => {
    view.value = panned(view.value, scale.value, share, room.value)
  }
  const reveal = (index: number) => {
    const position = scale.value.positions[index]
    if (position !== undefined) view.value = revealing(view.value, scale.value, position, room.value)
  }

  /** Another axis shows the moment that was in the middle. */
  function keepMoment(before: ScaleKind): void {
    const { from, until } = view.value
    const middle = scale.value.toPosition(makeScale(before, events(), extent()).toTime((from + until) / 2))
    reset()
    if (kind.value === 'time') return
    const { from: start, until: end } = view.value
    pan((middle - (start + end) / 2) / (end - start))
  }

  function lookAt([from, until]: readonly [number, number]): void {
    if (kind.value === 'time') view.value = clamped({ from, until }, scale.value, room.value)
  }

  watch(
    [kind, events, extent, () => width.value > 0, looked, endsNow] as const,
    (
      [shown, list, whole, isDrawn, stretch, hasNow],
      [shownBefore, listBefore, wholeBefore, wasDrawn, stretchBefore, hadNow],
    ) => {
      // What comes next stands beside the last event, also where it is known only later.
      const isSamePicture = isDrawn === wasDrawn && whole === wholeBefore && (!hasNow || hadNow === true)
      // More events of the same stretch of time leave the view where it is, and so does what is said of them.
      const isSameAxis = (shown === 'time' && whole !== undefined) || standSame(list, listBefore)
      if (wasDrawn && shownBefore !== undefined && shown !== shownBefore) keepMoment(shownBefore)
      else if (!isSamePicture || !isSameAxis) reset()
      if (stretch !== undefined && (stretch !== stretchBefore || isDrawn !== wasDrawn)) lookAt(stretch)
    },
    { immediate: true },
  )
  /** Another width, as beside predictions that have come, hides no event that was seen whole. */
  watch(room, (_now, before) => {
    const { from, until } = view.value
    const endBefore = endOf(scale.value, until - from, before)
    if (before === 0 || until < endBefore - 1e-6 * (until - from)) return
    if (from <= scale.value.start) showAll()
    else view.value = clamped({ from: until, until: until + (until - from) }, scale.value, room.value)
  })
  return { kind, scale, view, showAll, zoom, pan, reveal }
}
