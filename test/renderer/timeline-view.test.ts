import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EffectScope, effectScope, nextTick, ref, shallowRef } from 'vue'
import { useTimelineView } from '../../src/renderer/components/sequence/timeline-view.ts'
import type { TimelineEvent } from '../../src/shared/sequence.ts'

const day = 86_400_000
/** Events days apart, of which a few fill the picture. */
const sequence = (start: number, labels: Record<number, string> = {}): TimelineEvent[] =>
  Array.from({ length: 16 }, (_, index) => ({
    time: start + index * 3 * day,
    behaviour: 'a',
    location: null,
    group: null,
    surprise: null,
    marks: labels[index] === undefined ? [] : [{ kind: 'label', label: labels[index] }],
  }))

describe('the part of a sequence in steps that is in view', () => {
  let scope: EffectScope
  beforeEach(() => {
    scope = effectScope()
  })
  afterEach(() => scope.stop())

  function timeline(chosen: number | null) {
    const events = shallowRef(sequence(0))
    const selected = ref(chosen)
    const width = ref(0)
    const endsNow = ref(false)
    const shown = scope.run(() =>
      useTimelineView(
        () => events.value,
        () => selected.value,
        'order',
        width,
        () => endsNow.value,
        () => undefined,
        () => undefined,
      ),
    )!
    const isInView = (index: number) => {
      const { from, until } = shown.view.value
      const position = shown.scale.value.positions[index]
      return from <= position && position <= until
    }
    return { events, selected, width, endsNow, isInView, ...shown }
  }

  test('begins at the beginning, or with the event that is selected from the start', async () => {
    const plain = timeline(null)
    const atLast = timeline(14)
    plain.width.value = atLast.width.value = 600
    await nextTick()
    expect([plain.isInView(0), plain.isInView(14)]).toEqual([true, false])
    expect(atLast.isInView(14)).toBe(true)
  })

  test('is the last one once it is known what comes next, which stands beside it; and stays where a person went from there', async () => {
    const { events, width, endsNow, reveal, isInView } = timeline(null)
    width.value = 600
    await nextTick()
    events.value = sequence(0)
    endsNow.value = true
    await nextTick()
    expect([isInView(0), isInView(15)]).toEqual([false, true])
    reveal(0)
    events.value = sequence(0)
    await nextTick()
    expect([isInView(0), isInView(15)]).toEqual([true, false])
  })

  test('leaves room for the name of its last step, which would hang into what comes next', async () => {
    const { width, endsNow, scale, view } = timeline(null)
    width.value = 600
    const roomBehindLast = () => {
      const { from, until } = view.value
      return (600 * (until - scale.value.positions[15])) / (until - from)
    }
    endsNow.value = true
    await nextTick()
    // A block takes 25 of them.
    expect(roomBehindLast()).toBeGreaterThan(80)
    expect(roomBehindLast()).toBeLessThan(100)
  })

  test('stays where it is when an event gets a label, and begins anew with another sequence', async () => {
    const { events, selected, width, reveal, isInView, view } = timeline(null)
    width.value = 600
    await nextTick()
    reveal(14)
    const before = view.value
    events.value = sequence(0, { 14: 'odd' })
    await nextTick()
    expect(view.value).toEqual(before)
    events.value = sequence(100 * day)
    await nextTick()
    expect([isInView(0), isInView(14)]).toEqual([true, false])
    // Also where its event has the number of the one before.
    selected.value = 14
    events.value = sequence(200 * day)
    await nextTick()
    events.value = sequence(300 * day)
    await nextTick()
    expect(isInView(14)).toBe(true)
  })
})
