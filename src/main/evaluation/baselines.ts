import type { BaselineName } from '../../shared/evaluation.ts'
import { type Dataset, splitCode } from '../dataset/types.ts'
import type { Predictions } from './predictions.ts'

/** The columns of a dataset that the trivial baselines read. */
export type BaselineData = Pick<Dataset, 'behaviours' | 'userOffsets' | 'columns'>

/**
 * Predictions of the trivial baselines on exactly the given targets. Each sees the user's events before the target, of any period, and
 * training statistics; behaviours unseen in training are never predicted. Ties go to the lower class id, the more frequent in training.
 *
 * - mostFrequent: the most frequent behaviour of the training period
 * - repeatLast: the user's last behaviour that was seen in training, else the most frequent
 * - markov: argmax_c n(c | previous event), n counted over the training period; the most frequent where the previous behaviour has no
 *   successor in training
 * - userMostFrequent: the user's own most frequent behaviour so far (online), else the most frequent
 */
export function baselinePredictions(data: BaselineData, targets: Predictions): Record<BaselineName, Predictions> {
  const own = () => ({ ...targetColumns(targets), predicted: new Int32Array(targets.event.length) })
  const baselines = { mostFrequent: own(), repeatLast: own(), markov: own(), userMostFrequent: own() }
  const successors = likeliestSuccessors(data)
  const classes = data.behaviours.length
  const behaviour = data.columns.behaviour
  const counts = new Int32Array(classes)

  let row = 0
  while (row < targets.event.length) {
    const user = targets.user[row]
    const first = data.userOffsets[user]
    let last = 0
    let favourite = 0
    let event = first
    for (; row < targets.event.length && targets.user[row] === user; row += 1) {
      for (; event < targets.event[row]; event += 1) {
        const id = behaviour[event]
        if (id >= classes) continue
        last = id
        counts[id] += 1
        if (counts[id] > counts[favourite] || (counts[id] === counts[favourite] && id < favourite)) favourite = id
      }
      baselines.repeatLast.predicted[row] = last
      baselines.userMostFrequent.predicted[row] = favourite
      baselines.markov.predicted[row] = successors[behaviour[targets.event[row] - 1]]
    }
    for (let index = first; index < event; index += 1) if (behaviour[index] < classes) counts[behaviour[index]] = 0
  }
  return baselines
}

/** The targets alone, without what a model said of them. */
function targetColumns({ classes, user, event, target }: Predictions): Omit<Predictions, 'predicted'> {
  return { classes, user, event, target }
}

/**
 * The likeliest training successor of every class and of "unknown" (row V): [V + 1]. Events are bucketed by their predecessor, so memory is
 * two integers per training event whatever V is.
 */
function likeliestSuccessors({ behaviours, userOffsets, columns }: BaselineData): Int32Array {
  const classes = behaviours.length
  const offsets = new Int32Array(classes + 2)
  forEachTransition(userOffsets, columns, classes, (previous) => {
    offsets[previous + 1] += 1
  })
  for (let index = 1; index < offsets.length; index += 1) offsets[index] += offsets[index - 1]
  const next = offsets.slice()
  const successors = new Int32Array(offsets[classes + 1])
  forEachTransition(userOffsets, columns, classes, (previous, id) => {
    successors[next[previous]] = id
    next[previous] += 1
  })

  const likeliest = new Int32Array(classes + 1)
  const counts = new Int32Array(classes)
  for (let previous = 0; previous <= classes; previous += 1) {
    let best = 0
    for (let index = offsets[previous]; index < offsets[previous + 1]; index += 1) {
      const id = successors[index]
      counts[id] += 1
      if (counts[id] > counts[best] || (counts[id] === counts[best] && id < best)) best = id
    }
    for (let index = offsets[previous]; index < offsets[previous + 1]; index += 1) counts[successors[index]] = 0
    likeliest[previous] = best
  }
  return likeliest
}

/** Calls back for every training target with the class (or V for unknown) of the event before it. */
function forEachTransition(
  userOffsets: Float64Array,
  columns: BaselineData['columns'],
  classes: number,
  callback: (previous: number, id: number) => void,
): void {
  for (let user = 0; user + 1 < userOffsets.length; user += 1) {
    for (let event = userOffsets[user] + 1; event < userOffsets[user + 1]; event += 1) {
      const id = columns.behaviour[event]
      if (columns.split[event] === splitCode.train && id < classes) callback(columns.behaviour[event - 1], id)
    }
  }
}
