import type { TransitionCounts } from '../../shared/transitions.ts'
import { type BehaviourData, behaviourClasses, type EventClasses } from './event-classes.ts'
import { splitCode } from './types.ts'

/** Counts the transitions between behaviours, see `countClassTransitions`. */
export function countTransitions(dataset: BehaviourData): TransitionCounts {
  return countClassTransitions(behaviourClasses(dataset))
}

/**
 * Counts the transitions of the training period: of every training target, the behaviour before it and its own. What comes later is not read, so it cannot leak.
 * Events are bucketed by their predecessor: two integers per training event are in memory, whatever V is.
 */
export function countClassTransitions(events: EventClasses): TransitionCounts {
  const { classes } = events
  const { starts, successors } = bucketByPredecessor(events)
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

function bucketByPredecessor(events: EventClasses) {
  const { classes } = events
  const starts = new Int32Array(classes + 2)
  forEachTransition(events, (previous) => {
    starts[previous + 1]++
  })
  for (let index = 1; index < starts.length; index++) starts[index] += starts[index - 1]
  const next = starts.slice()
  const successors = new Int32Array(starts[classes + 1])
  forEachTransition(events, (previous, id) => {
    successors[next[previous]++] = id
  })
  return { starts, successors }
}

/** Calls back for every training target with the class (or V for unknown) of the event before it. */
function forEachTransition(
  { classes, ids, userOffsets, split }: EventClasses,
  callback: (previous: number, id: number) => void,
): void {
  for (let user = 0; user + 1 < userOffsets.length; user++) {
    for (let event = userOffsets[user] + 1; event < userOffsets[user + 1]; event++) {
      const id = ids[event]
      if (split[event] === splitCode.train && id < classes) callback(ids[event - 1], id)
    }
  }
}
