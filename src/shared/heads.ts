/**
 * The optional extra heads of a model, beside the one for the next behaviour: where the next event happens, and how long after the last one.
 * (Nothing to do with the heads of its attention.)
 */
export const extraHeads = ['location', 'gap'] as const
export type ExtraHead = (typeof extraHeads)[number]

/** What is said of location 0, a class of the location head like every other: a place outside the vocabulary, or none given. */
export const elsewhere = 'elsewhere or unknown'
