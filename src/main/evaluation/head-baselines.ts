import type { BaselineName } from '../../shared/evaluation.ts'
import { type HeadView, headViews } from '../../shared/heads.ts'
import { type EventClasses, headEventClasses } from '../dataset/event-classes.ts'
import { countHeadTargets } from '../dataset/head-targets.ts'
import type { Dataset } from '../dataset/types.ts'
import { classBaselines } from './baselines.ts'
import type { Predictions, ScoredPredictions } from './predictions.ts'
import { record } from './score-heads.ts'

/** Events of the training distribution that a user's own gap distribution begins with: about what the few gaps of a short history are worth. */
const priorGaps = 8

/**
 * The trivial baselines of an extra head on exactly the given targets: those of `baselinePredictions`, of locations or gaps. Of gaps, two give probabilities:
 *
 * - mostFrequent: the training distribution p
 * - userMostFrequent: the user's own gaps so far, (n_c + 8 p_c) / (n + 8)
 */
export function headBaselines(
  dataset: Dataset,
  view: HeadView,
  targets: ScoredPredictions,
): Record<BaselineName, Predictions> {
  const events = headEventClasses(dataset, view)
  const baselines = classBaselines(events, targets)
  if (view !== 'gap') return baselines
  return { ...baselines, ...gapDistributions(events, targets, countHeadTargets(dataset, headViews[view])) }
}

function gapDistributions(
  events: EventClasses,
  targets: Predictions,
  trainingCounts: Float64Array,
): Record<'mostFrequent' | 'userMostFrequent', ScoredPredictions> {
  const { classes, ids, userOffsets } = events
  const total = trainingCounts.reduce((sum, count) => sum + count + 1, 0)
  const prior = trainingCounts.map((count) => (count + 1) / total)
  const everybody = prior.map(Math.log)
  const found = { mostFrequent: emptyColumns(targets), userMostFrequent: emptyColumns(targets) }
  const counts = new Float64Array(classes)
  let user = -1
  let event = 0
  for (let row = 0; row < targets.event.length; row += 1) {
    const target = { user: targets.user[row], event: targets.event[row], target: targets.target[row] }
    if (target.user !== user) {
      user = target.user
      event = userOffsets[user]
      counts.fill(0)
    }
    for (; event < target.event; event += 1) if (ids[event] < classes) counts[ids[event]] += 1
    record(found.mostFrequent, row, target, everybody)
    // Logits of (n_c + 8 p_c) / (n + 8): the denominator is the same for all.
    record(
      found.userMostFrequent,
      row,
      target,
      prior.map((share, id) => Math.log(counts[id] + priorGaps * share)),
    )
  }
  return found
}

function emptyColumns({ classes, event }: Predictions): ScoredPredictions {
  const integers = () => new Int32Array(event.length)
  const reals = () => new Float32Array(event.length)
  return {
    classes,
    user: integers(),
    event: integers(),
    target: integers(),
    predicted: integers(),
    rank: integers(),
    logProbability: reals(),
    confidence: reals(),
    absoluteError: reals(),
  }
}
