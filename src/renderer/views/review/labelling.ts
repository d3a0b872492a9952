import type { Decision, PlacedLabel, ReviewAction, ReviewLabel } from '../../../shared/review.ts'

/** What is selected in a sequence: one event, and around it perhaps a span (both ends included). */
export interface Selection {
  event: number
  span: readonly [number, number] | null
}

/**
 * What a label's key does: puts the label where the selection is, or takes it away where it is there already. A label of sequences takes all
 * events, one of events each selected event, one of spans the selected span; without a span it takes the one around the event away.
 * @param events of the sequence.
 */
export function toggleLabel(
  { labels }: Pick<Decision, 'labels'>,
  { id, scope }: Pick<ReviewLabel, 'id' | 'scope'>,
  { event, span }: Selection,
  events: number,
): ReviewAction {
  const own = labels.filter(({ label }) => label === id)
  const isThere = ({ from, until }: PlacedLabel) => own.some((placed) => placed.from === from && placed.until === until)
  if (scope === 'span' && span === null) {
    const around = own.find(({ from, until }) => from <= event && event <= until)
    if (around !== undefined) return { kind: 'remove-labels', labels: [around] }
  }
  const [from, until] = span ?? [event, event]
  const wanted: PlacedLabel[] =
    scope === 'sequence'
      ? [{ label: id, from: 0, until: events - 1 }]
      : scope === 'span'
        ? [{ label: id, from, until }]
        : Array.from({ length: until - from + 1 }, (_, offset) => ({
            label: id,
            from: from + offset,
            until: from + offset,
          }))
  const missing = wanted.filter((placed) => !isThere(placed))
  return missing.length > 0 ? { kind: 'add-labels', labels: missing } : { kind: 'remove-labels', labels: wanted }
}

/** Labels that lie on an event, sequence labels aside. */
export function labelsOn(
  decision: Pick<Decision, 'labels'>,
  labels: readonly ReviewLabel[],
  event: number,
): ReviewLabel[] {
  const found = new Set(
    decision.labels.filter(({ from, until }) => from <= event && event <= until).map(({ label }) => label),
  )
  return labels.filter(({ id, scope }) => scope !== 'sequence' && found.has(id))
}

/** Names of the labels that a person can choose from now and could not before, and the other way round. */
export function labelChanges(
  before: readonly Pick<ReviewLabel, 'id' | 'name' | 'retired'>[],
  now: readonly Pick<ReviewLabel, 'id' | 'name' | 'retired'>[],
): { added: string[]; removed: string[] } {
  const namesWithout = (labels: typeof now, others: typeof now) => {
    const there = new Set(others.filter(({ retired }) => !retired).map(({ id }) => id))
    return labels.filter(({ id, retired }) => !retired && !there.has(id)).map(({ name }) => name)
  }
  return { added: namesWithout(now, before), removed: namesWithout(before, now) }
}

/** The selection after a step of some events; with `extend` the span from where it began grows or shrinks. */
export function moveSelection({ event, span }: Selection, step: number, extend: boolean, events: number): Selection {
  const next = Math.min(Math.max(event + step, 0), events - 1)
  if (!extend) return { event: next, span: null }
  const anchor = span === null ? event : span[0] === event ? span[1] : span[0]
  return { event: next, span: [Math.min(anchor, next), Math.max(anchor, next)] }
}
