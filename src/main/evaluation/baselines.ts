import type { BaselineName } from '../../shared/evaluation.ts'
import { type BehaviourData, behaviourClasses, type EventClasses } from '../dataset/event-classes.ts'
import { countClassTransitions } from '../dataset/transition-counts.ts'
import type { Predictions } from './predictions.ts'

/** The trivial baselines of behaviours, see `classBaselines`. */
export function baselinePredictions(data: BehaviourData, targets: Predictions): Record<BaselineName, Predictions> {
  return classBaselines(behaviourClasses(data), targets)
}

/**
 * Predictions of the trivial baselines on exactly the given targets, of behaviours or whatever else has classes. Each sees the user's events before the target, of any period, and
 * training statistics; what was unseen in training is never predicted. Ties go to the lower class id, of behaviours the more frequent in training.
 *
 * - mostFrequent: the most frequent class of the training period
 * - repeatLast: the user's last class that was seen in training, else the most frequent
 * - markov: argmax_c n(c | previous event), n counted over the training period; the most frequent where the previous behaviour has no
 *   successor in training
 * - userMostFrequent: the user's own most frequent behaviour so far (online), else the most frequent
 */
export function classBaselines(data: EventClasses, targets: Predictions): Record<BaselineName, Predictions> {
  const own = () => ({ ...targetColumns(targets), predicted: new Int32Array(targets.event.length) })
  const baselines = { mostFrequent: own(), repeatLast: own(), markov: own(), userMostFrequent: own() }
  const successors = likeliestSuccessors(data)
  const { classes, ids, mostFrequent } = data
  baselines.mostFrequent.predicted.fill(mostFrequent)
  const counts = new Int32Array(classes)

  let row = 0
  while (row < targets.event.length) {
    const user = targets.user[row]
    const first = data.userOffsets[user]
    let last = mostFrequent
    let favourite = mostFrequent
    let event = first
    for (; row < targets.event.length && targets.user[row] === user; row += 1) {
      for (; event < targets.event[row]; event += 1) {
        const id = ids[event]
        if (id >= classes) continue
        last = id
        counts[id] += 1
        if (counts[id] > counts[favourite] || (counts[id] === counts[favourite] && id < favourite)) favourite = id
      }
      baselines.repeatLast.predicted[row] = last
      baselines.userMostFrequent.predicted[row] = favourite
      baselines.markov.predicted[row] = successors[ids[targets.event[row] - 1]]
    }
    for (let index = first; index < event; index += 1) if (ids[index] < classes) counts[ids[index]] = 0
  }
  return baselines
}

/** The targets alone, without what a model said of them. */
function targetColumns({ classes, user, event, target }: Predictions): Omit<Predictions, 'predicted'> {
  return { classes, user, event, target }
}

/** The likeliest training successor of every class and of "unknown" (row V), the most frequent class where there is none: [V + 1]. */
function likeliestSuccessors(data: EventClasses): Int32Array {
  const { offsets, successors, counts } = countClassTransitions(data)
  return Int32Array.from({ length: data.classes + 1 }, (_, previous) => {
    let best = offsets[previous]
    for (let entry = best; entry < offsets[previous + 1]; entry += 1) if (counts[entry] > counts[best]) best = entry
    return best < offsets[previous + 1] ? successors[best] : data.mostFrequent
  })
}
