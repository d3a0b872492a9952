import { strict as assert } from 'node:assert'

/** Milliseconds where the validation and the test period begin: training before the first, test from the second on. */
export interface Boundaries {
  valid: number
  test: number
}

/** Read as often as needed: the same integers every time, in blocks. */
export type TimePasses = () => Iterable<Float64Array>

/**
 * Where the periods begin so that training, validation and test get their shares of the events as nearly as ties allow: events of
 * one millisecond are never parted. Exact, in bounded memory: each pass narrows the rank down by a factor of 2^16.
 *
 * @param times integers; `first` and `last` are the smallest and largest of the `count` (>= 3) values.
 * @returns first < valid <= test; a period can still be empty when many events share one time: the caller checks.
 */
export function splitBoundaries(
  times: TimePasses,
  { count, first, last }: { count: number; first: number; last: number },
  shares: { train: number; valid: number },
): Boundaries {
  // Clamped so that validation and test get an event each even of very small logs.
  const validRank = clamp(Math.round(shares.train * count), 1, count - 2)
  const testRank = clamp(Math.round((shares.train + shares.valid) * count), validRank + 1, count - 1)
  const [validStep, testStep] = locateRanks(times, first, last, [validRank, testRank])
  const valid = nearestBoundary(validStep, validRank, last)
  return { valid, test: Math.max(nearestBoundary(testStep, testRank, last), valid) }
}

const clamp = (value: number, lowest: number, highest: number) => Math.max(lowest, Math.min(highest, value))

/** The time at a rank: `below` events are earlier, `equal` at this very time. */
interface Step {
  time: number
  below: number
  equal: number
}

/** The boundary before or after the events of one time, whichever comes nearer to the wanted number of events before it. */
function nearestBoundary({ time, below, equal }: Step, rank: number, last: number): number {
  const isBefore = below > 0 && (time === last || rank - below <= below + equal - rank)
  return isBefore ? time : time + 1
}

const buckets = 1 << 16

function locateRanks(times: TimePasses, first: number, last: number, ranks: readonly number[]): Step[] {
  const searches = ranks.map((rank) => ({ rank, low: first, below: 0, equal: 0 }))
  for (let width = last - first + 1; ; width = Math.ceil(width / buckets)) {
    const bucketWidth = Math.ceil(width / buckets)
    const histograms = searches.map((search) => histogram(times, search.low, bucketWidth))
    for (const [index, search] of searches.entries()) narrow(search, histograms[index], bucketWidth)
    if (bucketWidth === 1) break
  }
  return searches.map(({ low, below, equal }) => ({ time: low, below, equal }))
}

function histogram(times: TimePasses, low: number, bucketWidth: number): Float64Array {
  const counts = new Float64Array(buckets)
  const high = low + buckets * bucketWidth
  for (const block of times()) {
    for (let index = 0; index < block.length; index++) {
      const time = block[index]
      if (time >= low && time < high) counts[Math.floor((time - low) / bucketWidth)]++
    }
  }
  return counts
}

function narrow(
  search: { rank: number; low: number; below: number; equal: number },
  counts: Float64Array,
  bucketWidth: number,
): void {
  for (let bucket = 0; bucket < buckets; bucket++) {
    if (search.rank < search.below + counts[bucket]) {
      search.low += bucket * bucketWidth
      search.equal = counts[bucket]
      return
    }
    search.below += counts[bucket]
  }
  assert.fail(`rank ${search.rank} lies beyond the ${search.below} events`)
}
