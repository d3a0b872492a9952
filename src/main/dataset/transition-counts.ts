import type { TransitionCounts } from '../../shared/transitions.ts'
import { type Dataset, splitCode } from './types.ts'

/** What counting transitions reads of a dataset. */
export type TransitionData = Pick<Dataset, 'behaviours' | 'userOffsets'> & {
  readonly columns: Pick<Dataset['columns'], 'behaviour' | 'split'>
}

/**
 * Counts the transitions of the training period: of every training target, the behaviour before it and its own. What comes later is not read, so it cannot leak.
 * Events are bucketed by their predecessor: two integers per training event are in memory, whatever V is.
 */
export function countTransitions(dataset: TransitionData): TransitionCounts {
  const classes = dataset.behaviours.length
  const { starts, successors } = bucketByPredecessor(dataset, classes)
  const offsets = new Int32Array(classes + 2)
  const counts = new Int32Array(successors.length)
  let entries = 0
  for (let previous = 0; previous <= classes; previous++) {
    const row = successors.subarray(starts[previous], starts[previous + 1]).sort()
    for (let index = 0; index < row.length; index++) {
      // Written behind what is still to be read.
      if (index === 0 || row[index] !== row[index - 1]) successors[entries++] = row[index]
      counts[entries - 1]++
    }
    offsets[previous + 1] = entries
  }
  return { offsets, successors: successors.slice(0, entries), counts: counts.slice(0, entries) }
}

function bucketByPredecessor(dataset: TransitionData, classes: number) {
  const starts = new Int32Array(classes + 2)
  forEachTransition(dataset, classes, (previous) => {
    starts[previous + 1]++
  })
  for (let index = 1; index < starts.length; index++) starts[index] += starts[index - 1]
  const next = starts.slice()
  const successors = new Int32Array(starts[classes + 1])
  forEachTransition(dataset, classes, (previous, id) => {
    successors[next[previous]++] = id
  })
  return { starts, successors }
}

/** Calls back for every training target with the class (or V for unknown) of the event before it. */
function forEachTransition(
  { userOffsets, columns: { behaviour, split } }: TransitionData,
  classes: number,
  callback: (previous: number, id: number) => void,
): void {
  for (let user = 0; user + 1 < userOffsets.length; user++) {
    for (let event = userOffsets[user] + 1; event < userOffsets[user + 1]; event++) {
      const id = behaviour[event]
      if (split[event] === splitCode.train && id < classes) callback(behaviour[event - 1], id)
    }
  }
}
