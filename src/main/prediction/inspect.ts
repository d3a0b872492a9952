import type { GroupName } from '../../shared/long-tail.ts'
import type { Inspection } from '../../shared/prediction.ts'
import { formatLocalTime } from '../dataset/calendar.ts'
import { encodeHistory, type NamedEvent } from './history.ts'
import { describeHeads } from './next-heads.ts'
import { assertPredictable, describeHistory } from './predict.ts'
import type { Predictor } from './predictor.ts'
import { type TopBehaviours, topBehaviours } from './top-behaviours.ts'

/**
 * What follows the first of one or two sequences, oldest event first, compared with what follows the second, and how the first's last event attends to it.
 * `groups` of each class; `read` are the events behind the attention's columns.
 * Throws WorkbenchError as `assertPredictable`.
 */
export async function inspectSequences(
  predictor: Predictor,
  groups: readonly GroupName[],
  sequences: readonly NamedEvent[][],
  { top, targetTime }: { top: number; targetTime: number | undefined },
): Promise<
  Pick<
    Inspection,
    'history' | 'targetTime' | 'predictions' | 'remaining' | 'location' | 'gap' | 'moved' | 'attention'
  > & {
    read: NamedEvent[]
  }
> {
  for (const events of sequences) assertPredictable(events, targetTime)
  const { dataset, encoder, run } = predictor
  const windows = sequences.map((events) => encodeHistory(encoder, run.model.length, events))
  const { logits, attention } = await predictor.nextWithAttention(windows, targetTime)
  const [own, reference] = logits.map(({ behaviour }) => wholeDistribution(behaviour))
  const listed = new Set(own.classes.slice(0, top))
  for (const id of reference?.classes.slice(0, top) ?? []) listed.add(id)
  const predictions = [...listed]
    .map((id) => ({
      rank: own.rank[id],
      behaviour: dataset.behaviours[id],
      probability: own.probability[id],
      group: groups[id],
      reference: reference === undefined ? null : { rank: reference.rank[id], probability: reference.probability[id] },
    }))
    .sort((left, right) => left.rank - right.rank)
  const [events] = sequences
  return {
    history: describeHistory(predictor, events),
    targetTime: targetTime === undefined ? null : formatLocalTime(targetTime),
    predictions,
    remaining: {
      behaviours: dataset.behaviours.length - listed.size,
      probability: sumOfOthers(own.probability, listed),
      referenceProbability: reference === undefined ? null : sumOfOthers(reference.probability, listed),
    },
    ...describeHeads(logits[0], dataset.locations, top),
    moved: reference === undefined ? null : totalVariation(own.probability, reference.probability),
    attention: attention[0],
    read: events.slice(-windows[0].behaviour.length),
  }
}

interface Distribution {
  /** Most probable first. */
  readonly classes: readonly number[]
  /** By class: [V]; ranks from 1. */
  readonly probability: Float64Array
  readonly rank: Int32Array
}

function wholeDistribution(logits: Float32Array): Distribution {
  const { classes, probabilities }: TopBehaviours = topBehaviours(logits, logits.length)
  const probability = new Float64Array(logits.length)
  const rank = new Int32Array(logits.length)
  for (const [place, id] of classes.entries()) {
    probability[id] = probabilities[place]
    rank[id] = place + 1
  }
  return { classes, probability, rank }
}

/** Probability of the classes that are not listed. */
function sumOfOthers(probability: Float64Array, listed: ReadonlySet<number>): number {
  return probability.reduce((sum, value, id) => (listed.has(id) ? sum : sum + value), 0)
}

/** sum |p - q| / 2. */
function totalVariation(p: Float64Array, q: Float64Array): number {
  return p.reduce((sum, value, id) => sum + Math.abs(value - q[id]), 0) / 2
}
