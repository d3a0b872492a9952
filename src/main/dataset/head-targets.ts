import { gapBucket, gapBuckets } from '../../shared/gaps.ts'
import type { ExtraHead } from '../../shared/heads.ts'
import { type Dataset, splitCode } from './types.ts'

/** What the targets of the extra heads are read from. */
export type HeadTargetData = Pick<Dataset, 'locations' | 'userOffsets'> & {
  readonly columns: Pick<Dataset['columns'], 'location' | 'split' | 'time'>
}

/** What an extra head is to say of an event that is not its user's first: its location, or the bucket of the gap before it. */
export function headTarget({ columns: { location, time } }: HeadTargetData, head: ExtraHead, event: number): number {
  return head === 'location' ? location[event] : gapBucket(time[event] - time[event - 1])
}

/** Number of classes of an extra head. */
export function headClasses(dataset: Pick<Dataset, 'locations'>, head: ExtraHead): number {
  return head === 'location' ? dataset.locations.length : gapBuckets
}

/** How often each class of an extra head is a target of the training period: location [L], gap [G]. Nothing of the later periods is counted. */
export function countHeadTargets(dataset: HeadTargetData, head: ExtraHead): Float64Array {
  const counts = new Float64Array(headClasses(dataset, head))
  const { userOffsets, columns } = dataset
  const { split } = columns
  for (let user = 0; user + 1 < userOffsets.length; user++) {
    for (let event = userOffsets[user] + 1; event < userOffsets[user + 1]; event++) {
      if (split[event] === splitCode.train) counts[headTarget(dataset, head, event)]++
    }
  }
  return counts
}
