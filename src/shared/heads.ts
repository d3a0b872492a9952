/**
 * The optional extra heads of a model, beside the one for the next behaviour: where the next event happens, and how long after the last one.
 * (Nothing to do with the heads of its attention.)
 */
export const extraHeads = ['location', 'gap'] as const
export type ExtraHead = (typeof extraHeads)[number]

/** What is said of location 0, a class of the location head like every other: a place outside the vocabulary, or none given. */
export const elsewhere = 'elsewhere or unknown'

/**
 * What the extra heads are measured as, by name, with the head behind each:
 *
 * - location: every class of the head, "elsewhere or unknown" being one
 * - knownLocation: targets whose location is in the vocabulary, given that it is: its places alone are ranked and share the probability
 * - gap: the buckets of the time gap
 */
export const headViews = { location: 'location', knownLocation: 'location', gap: 'gap' } as const satisfies Record<
  string,
  ExtraHead
>
export type HeadView = keyof typeof headViews
export const headViewNames = Object.keys(headViews) as HeadView[]
