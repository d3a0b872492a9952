import assert from 'node:assert'
import { WorkbenchError } from '../../shared/errors.ts'
import type {
  EvaluatedTarget,
  TargetFilter,
  TargetSequence,
  TargetSequenceOptions,
} from '../../shared/evaluation-details.ts'
import { groupNames } from '../../shared/long-tail.ts'
import { phrase } from '../../shared/phrase.ts'
import type { TimelineEvent } from '../../shared/sequence.ts'
import type { TableColumn } from '../../shared/table.ts'
import { localTimeText } from '../dataset/calendar.ts'
import { lowerBound } from '../dataset/open.ts'
import type { Dataset } from '../dataset/types.ts'
import { isSeen, keptClasses, type ModelPredictions } from './predictions.ts'
import type { OpenEvaluation } from './stored.ts'

/**
 * Rows of the targets that a filter leaves, in its order.
 * @throws WorkbenchError `not-found` for a behaviour that the dataset's vocabulary does not hold.
 */
export function targetRows({ predictions, dataset }: OpenEvaluation, filter: TargetFilter): Int32Array {
  const behaviour = classOf(dataset, filter.behaviour)
  const predicted = classOf(dataset, filter.predicted)
  const rows: number[] = []
  for (let row = 0; row < predictions.event.length; row += 1) {
    if (behaviour !== undefined && predictions.target[row] !== behaviour) continue
    if (predicted !== undefined && predictions.predicted[row] !== predicted) continue
    const right = predictions.predicted[row] === predictions.target[row]
    if (filter.outcome === 'all' || right === (filter.outcome === 'right')) rows.push(row)
  }
  const kept = Int32Array.from(rows)
  if (filter.order === 'log') return kept
  const key = sortKey(predictions, filter.order)
  return kept.sort((a, b) => key(a) - key(b) || a - b)
}

/** Ascending. Targets that training never saw are the most surprising. */
function sortKey(predictions: ModelPredictions, order: 'surprising' | 'confident'): (row: number) => number {
  if (order === 'confident') return (row) => -predictions.confidence[row]
  return (row) => (isSeen(predictions, row) ? predictions.logProbability[row] : -1e9)
}

function classOf(dataset: Dataset, name: string | undefined): number | undefined {
  if (name === undefined) return undefined
  const id = dataset.behaviours.indexOf(name)
  if (id >= 0) return id
  throw new WorkbenchError(
    'not-found',
    phrase`The behaviour ${JSON.stringify(name)} is not in the vocabulary of dataset ${dataset.name}.`,
    phrase`Choose one of its behaviours.`,
  )
}

/** What an evaluation says of the target in a row. */
export function describeTarget({ predictions, dataset }: OpenEvaluation, row: number): EvaluatedTarget {
  const event = predictions.event[row]
  const seen = isSeen(predictions, row)
  const top = predictions.top.subarray(row * keptClasses, (row + 1) * keptClasses)
  return {
    ...describeEvent(dataset, event),
    event,
    user: dataset.users[predictions.user[row]],
    seen,
    rank: seen ? predictions.rank[row] : null,
    probability: seen ? Math.exp(predictions.logProbability[row]) : null,
    predicted: dataset.behaviours[predictions.predicted[row]],
    confidence: predictions.confidence[row],
    top: [...top].filter((id) => id >= 0).map((id) => dataset.behaviours[id]),
  }
}

function describeEvent(dataset: Dataset, event: number) {
  const { behaviour, location, time } = dataset.columns
  const id = behaviour[event]
  const name = id < dataset.behaviours.length ? dataset.behaviours[id] : dataset.unseenBehaviour(event)
  assert(name !== undefined, `the behaviour of event ${event} has no name`)
  return { time: time[event], behaviour: name, location: dataset.locations[location[event]] || null }
}

/**
 * The sequence around a target; events that are targets of the evaluation too carry the model's surprise at them.
 * @throws WorkbenchError `not-found` when the event is no target of the evaluation.
 */
export function targetSequence(open: OpenEvaluation, options: TargetSequenceOptions): TargetSequence {
  const { predictions, dataset, groups } = open
  const row = rowOf(predictions, options.event)
  if (row === undefined) {
    throw new WorkbenchError(
      'not-found',
      phrase`Event ${String(options.event)} is no target of this evaluation.`,
      phrase`Open a target from the list of targets.`,
    )
  }
  const user = predictions.user[row]
  const first = Math.max(dataset.userOffsets[user], options.event - options.before)
  const end = Math.min(dataset.userOffsets[user + 1], options.event + options.after + 1)
  const events = Array.from({ length: end - first }, (_, index): TimelineEvent => {
    const event = first + index
    const own = rowOf(predictions, event)
    return {
      ...describeEvent(dataset, event),
      group: groupNames[groups[dataset.columns.behaviour[event]]] ?? null,
      surprise: own !== undefined && isSeen(predictions, own) ? -predictions.logProbability[own] : null,
    }
  })
  return {
    target: describeTarget(open, row),
    at: options.event - first,
    earlier: first - dataset.userOffsets[user],
    events,
  }
}

/** Rows are in ascending order of their events. */
function rowOf(predictions: ModelPredictions, event: number): number | undefined {
  const row = lowerBound(predictions.event, event, 0, predictions.event.length)
  return predictions.event[row] === event ? row : undefined
}

export const targetColumns: readonly TableColumn[] = [
  { name: 'user', type: 'text' },
  { name: 'time', type: 'text' },
  { name: 'behaviour', type: 'text' },
  { name: 'location', type: 'text' },
  { name: 'predicted', type: 'text' },
  { name: 'confidence', type: 'number' },
  { name: 'rank', type: 'number' },
  { name: 'probability', type: 'number' },
  ...Array.from({ length: keptClasses }, (_, index) => ({ name: `top${index + 1}`, type: 'text' as const })),
]

/** Rows as lines of a table with `targetColumns`; times are local ISO times. */
export function* targetLines(open: OpenEvaluation, rows: Int32Array): Generator<(string | number | null)[]> {
  for (const row of rows) {
    const target = describeTarget(open, row)
    yield [
      target.user,
      localTimeText(target.time),
      target.behaviour,
      target.location,
      target.predicted,
      target.confidence,
      target.rank,
      target.probability,
      ...Array.from({ length: keptClasses }, (_, index) => target.top[index] ?? null),
    ]
  }
}
