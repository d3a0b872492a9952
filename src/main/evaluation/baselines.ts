import type { BaselineName } from '../../shared/evaluation.ts'
import { type BehaviourData, behaviourClasses, type EventClasses } from '../dataset/event-classes.ts'
import { countClassTransitions } from '../dataset/transition-counts.ts'
import type { Predictions, RankedPredictions } from './predictions.ts'

/** What the baselines say: all but `repeatLast`, which names one class, rank all classes. */
export type BaselinePredictions = Record<Exclude<BaselineName, 'repeatLast'>, RankedPredictions> &
  Record<'repeatLast', Predictions>

/** The trivial baselines of behaviours, see `classBaselines`. */
export function baselinePredictions(data: BehaviourData, targets: Predictions): BaselinePredictions {
  return classBaselines(behaviourClasses(data), targets)
}

/**
 * Predictions of the trivial baselines on exactly the given targets, of behaviours or whatever else has classes. Each sees the user's events before the target, of any period, and
 * training statistics; what was unseen in training is never predicted. Ties go to the class that is more frequent in training.
 *
 * - mostFrequent: the classes by how frequent they are in the training period
 * - repeatLast: the user's last class that was seen in training, else the most frequent; it ranks nothing
 * - markov: the classes by n(c | previous event), n counted over the training period, behind them all others as mostFrequent has them
 * - userMostFrequent: the classes by how often the user had them so far (online), behind them all others as mostFrequent has them
 */
export function classBaselines(data: EventClasses, targets: Predictions): BaselinePredictions {
  const { classes, ids, places } = data
  const mostFrequent = places.indexOf(0)
  const baselines = {
    mostFrequent: emptyRanking(targets),
    repeatLast: { ...targetColumns(targets), predicted: new Int32Array(targets.event.length) },
    markov: emptyRanking(targets),
    userMostFrequent: emptyRanking(targets),
  }
  const successors = successorLists(data)
  const counts = new Int32Array(classes)
  const record = (baseline: RankedPredictions, row: number, list: CountedClasses) => {
    baseline.predicted[row] = firstOf(list, places) ?? mostFrequent
    baseline.rank[row] = targets.target[row] < classes ? rankIn(list, targets.target[row], places) : 0
  }

  let row = 0
  while (row < targets.event.length) {
    const user = targets.user[row]
    const own: CountedClasses = { ids: [], countAt: (index) => counts[own.ids[index]] }
    const known = own.ids as number[]
    let last = mostFrequent
    let event = data.userOffsets[user]
    for (; row < targets.event.length && targets.user[row] === user; row += 1) {
      for (; event < targets.event[row]; event += 1) {
        const id = ids[event]
        if (id >= classes) continue
        last = id
        if (counts[id] === 0) known.push(id)
        counts[id] += 1
      }
      record(baselines.mostFrequent, row, nothing)
      baselines.repeatLast.predicted[row] = last
      record(baselines.markov, row, successors(ids[targets.event[row] - 1]))
      record(baselines.userMostFrequent, row, own)
    }
    for (const id of known) counts[id] = 0
  }
  return baselines
}

/** Some classes, each once, and how often each occurred: above 0. */
interface CountedClasses {
  readonly ids: ArrayLike<number>
  countAt(index: number): number
}
const nothing: CountedClasses = { ids: [], countAt: () => 0 }

/** The class with the largest count, of equal ones the one more frequent in training; undefined where there are none. */
function firstOf({ ids, countAt }: CountedClasses, places: Int32Array): number | undefined {
  let best = 0
  for (let index = 1; index < ids.length; index += 1) {
    const lead = countAt(index) - countAt(best)
    if (lead > 0 || (lead === 0 && places[ids[index]] < places[ids[best]])) best = index
  }
  return ids[best]
}

/** Rank (1..C) of a class in the order of decreasing counts, all classes without one behind them; ties in the order of training frequency. */
function rankIn({ ids, countAt }: CountedClasses, target: number, places: Int32Array): number {
  let own = 0
  for (let index = 0; index < ids.length; index += 1) if (ids[index] === target) own = countAt(index)
  // Of a class without a count, those that are more frequent in training stay before it, and those with a count come before it too.
  let before = own === 0 ? places[target] : 0
  for (let index = 0; index < ids.length; index += 1) {
    const count = countAt(index)
    const isMoreFrequent = places[ids[index]] < places[target]
    if (own === 0 ? !isMoreFrequent : count > own || (count === own && isMoreFrequent)) before += 1
  }
  return before + 1
}

/** The targets alone, without what a model said of them. */
function targetColumns({ classes, user, event, target }: Predictions): Omit<Predictions, 'predicted'> {
  return { classes, user, event, target }
}

function emptyRanking(targets: Predictions): RankedPredictions {
  const { length } = targets.event
  return { ...targetColumns(targets), predicted: new Int32Array(length), rank: new Int32Array(length) }
}

/** The training successors of a class, or of "unknown" (C), with their counts. */
function successorLists(data: EventClasses): (previous: number) => CountedClasses {
  const { offsets, successors, counts } = countClassTransitions(data)
  return (previous) => ({
    ids: successors.subarray(offsets[previous], offsets[previous + 1]),
    countAt: (index) => counts[offsets[previous] + index],
  })
}
