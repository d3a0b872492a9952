/**
 * Time gaps in buckets: how long after one event of a user the next one comes, on a roughly logarithmic scale. Part of the definition of a model with a gap head, so not
 * an option: bucket 0 holds events at the same time, bucket g the gaps from `gapBoundaries[g - 1]` up to, not including, `gapBoundaries[g]`, and the last bucket all from two weeks on.
 */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Milliseconds at which a bucket begins, ascending; bucket 0 ends where the first of them begins. Times are whole milliseconds, so 1 is the shortest gap that is one. */
export const gapBoundaries = [
  1,
  minute,
  5 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  4 * hour,
  8 * hour,
  16 * hour,
  day,
  2 * day,
  4 * day,
  7 * day,
  14 * day,
] as const

/** What each bucket is called, in English: an exported model and tables of the command line say so. */
export const gapNames = [
  'same time',
  'under 1 min',
  '1 to 5 min',
  '5 to 15 min',
  '15 to 30 min',
  '30 to 60 min',
  '1 to 2 h',
  '2 to 4 h',
  '4 to 8 h',
  '8 to 16 h',
  '16 to 24 h',
  '1 to 2 days',
  '2 to 4 days',
  '4 to 7 days',
  '1 to 2 weeks',
  'over 2 weeks',
] as const

/** G, the number of buckets. */
export const gapBuckets = gapNames.length

/**
 * Bucket of a gap in milliseconds of local wall-clock time, 0..G-1. A gap that the end of daylight saving time made negative is of bucket 0.
 */
export function gapBucket(milliseconds: number): number {
  let bucket = 0
  while (bucket < gapBoundaries.length && milliseconds >= gapBoundaries[bucket]) bucket++
  return bucket
}
