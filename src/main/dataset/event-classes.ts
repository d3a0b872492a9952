import { gapBucket, gapBuckets } from '../../shared/gaps.ts'
import { type HeadView, headViews } from '../../shared/heads.ts'
import { countHeadTargets } from './head-targets.ts'
import type { Dataset } from './types.ts'

/** Events as one of the things that a model predicts of them: all that trivial baselines need to know. */
export interface EventClasses {
  /** C. */
  readonly classes: number
  /** 0..C-1, or C where an event has no class that could be predicted: [events]. */
  readonly ids: Int32Array
  /** Place of each class by decreasing training targets, of equal ones the one with the lower id first: [C]. */
  readonly places: Int32Array
  readonly userOffsets: Float64Array
  /** As of `Dataset`. */
  readonly split: Uint8Array
}

export type BehaviourData = Pick<Dataset, 'behaviours' | 'userOffsets'> & {
  readonly columns: Pick<Dataset['columns'], 'behaviour' | 'split'>
}

/** The behaviours of a dataset, whose class ids begin with the most frequent. */
export function behaviourClasses({ behaviours, userOffsets, columns }: BehaviourData): EventClasses {
  const classes = behaviours.length
  const places = Int32Array.from({ length: classes }, (_, id) => id)
  return { classes, ids: columns.behaviour, places, userOffsets, split: columns.split }
}

/** What an extra head predicts, in one of the views of `headViews`. */
export function headEventClasses(dataset: Dataset, view: HeadView): EventClasses {
  const { userOffsets, columns } = dataset
  const counts = countHeadTargets(dataset, headViews[view])
  const own = { userOffsets, split: columns.split }
  if (view === 'gap') return { ...own, classes: gapBuckets, ids: gapsOf(dataset), places: placesOf(counts) }
  const classes = dataset.locations.length
  if (view === 'location') return { ...own, classes, ids: columns.location, places: placesOf(counts) }
  return {
    ...own,
    classes: classes - 1,
    ids: columns.location.map((id) => (id === 0 ? classes - 1 : id - 1)),
    places: placesOf(counts.subarray(1)),
  }
}

/** Bucket of the gap before each event, G for a user's first. */
function gapsOf({ userOffsets, columns: { time } }: Dataset): Int32Array {
  const gaps = Int32Array.from(time, (at, event) => (event === 0 ? gapBuckets : gapBucket(at - time[event - 1])))
  for (const first of userOffsets.subarray(0, -1)) if (first < gaps.length) gaps[first] = gapBuckets
  return gaps
}

function placesOf(counts: Float64Array): Int32Array {
  const places = new Int32Array(counts.length)
  for (const [place, id] of [...counts.keys()].sort((a, b) => counts[b] - counts[a] || a - b).entries())
    places[id] = place
  return places
}
