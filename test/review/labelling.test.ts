import { expect, test } from 'vitest'
import { labelChanges, moveSelection, toggleLabel } from '../../src/renderer/views/review/labelling.ts'
import { decide, type ReviewAction, undecided } from '../../src/shared/review.ts'

const sequenceLabel = { id: 1, scope: 'sequence' as const }
const eventLabel = { id: 2, scope: 'event' as const }
const spanLabel = { id: 3, scope: 'span' as const }
const at = (event: number, span: readonly [number, number] | null = null) => ({ event, span })
const apply = (action: ReviewAction, from = undecided) => decide(from, action)

test('a label goes where the selection is, and its key a second time takes it away', () => {
  for (const [label, places] of [
    [sequenceLabel, [{ label: 1, from: 0, until: 7 }]],
    [eventLabel, [2, 3, 4].map((event) => ({ label: 2, from: event, until: event }))],
    [spanLabel, [{ label: 3, from: 2, until: 4 }]],
  ] as const) {
    const on = apply(toggleLabel(undecided, label, at(4, [2, 4]), 8))
    expect(on.labels).toEqual(places)
    expect(apply(toggleLabel(on, label, at(4, [2, 4]), 8), on).labels).toEqual([])
  }
})

test('a label of events completes a span that has it in part before it goes', () => {
  const part = apply(toggleLabel(undecided, eventLabel, at(3), 8))
  const whole = apply(toggleLabel(part, eventLabel, at(4, [2, 4]), 8), part)
  expect(whole.labels.map(({ from }) => from)).toEqual([2, 3, 4])
})

test('without a span, the key of a span label takes the span around the event away, or labels that one event', () => {
  const labelled = apply(toggleLabel(undecided, spanLabel, at(4, [2, 4]), 8))
  expect(apply(toggleLabel(labelled, spanLabel, at(3), 8), labelled).labels).toEqual([])
  expect(apply(toggleLabel(undecided, spanLabel, at(6), 8)).labels).toEqual([{ label: 3, from: 6, until: 6 }])
})

test('a span grows and shrinks around where it began, and ends at the ends of the sequence', () => {
  const down = moveSelection(moveSelection(at(3), 1, true, 8), 1, true, 8)
  expect(down).toEqual({ event: 5, span: [3, 5] })
  expect(moveSelection(down, -4, true, 8)).toEqual({ event: 1, span: [1, 3] })
  expect(moveSelection(down, 9, true, 8)).toEqual({ event: 7, span: [3, 7] })
  expect(moveSelection(down, 1, false, 8)).toEqual({ event: 6, span: null })
  expect(moveSelection(at(0), Number.NEGATIVE_INFINITY, false, 8)).toEqual({ event: 0, span: null })
})

test('labels that come, are taken out or brought back are told by their names; another name is the same label', () => {
  const label = (id: number, name: string, retired = false) => ({ id, name, retired })
  const before = [label(1, 'odd'), label(2, 'wrong'), label(3, 'old', true)]
  const now = [label(1, 'strange'), label(4, 'trip'), label(3, 'old'), label(2, 'wrong', true)]
  expect(labelChanges(before, now)).toEqual({ added: ['trip', 'old'], removed: ['wrong'] })
  expect(labelChanges(now, now)).toEqual({ added: [], removed: [] })
})
