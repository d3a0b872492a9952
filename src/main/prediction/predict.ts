import type { Readable } from 'node:stream'
import { WorkbenchError } from '../../shared/errors.ts'
import { parseOptions } from '../../shared/options.ts'
import { phrase } from '../../shared/phrase.ts'
import {
  type PredictionResult,
  type PredictOptions,
  type PredictOptionsInput,
  predictOptions,
} from '../../shared/prediction.ts'
import type { JobContext } from '../../shared/progress.ts'
import { formatLocalTime } from '../dataset/calendar.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import { encodeHistory, type NamedEvent, unknownNames } from './history.ts'
import { describeHeads } from './next-heads.ts'
import { openPredictor, type Predictor } from './predictor.ts'
import { readGivenHistory, readSequence } from './sequence.ts'
import { readStoredHistory } from './stored-history.ts'
import { topBehaviours } from './top-behaviours.ts'

/**
 * The most probable next behaviours of a user of the log, or after any sequence of events.
 *
 * A user's history is all that the log holds of the user in the dataset's sources, also after the dataset's end, in the dataset's preprocessing.
 * Behaviours and places that the model does not know are not dropped: they take part as "unknown" and the result names them.
 *
 * Throws WorkbenchError `usage` for wrong options, `not-found` for an unknown run, checkpoint or user (with the nearest names), `input` for a history that is
 * empty or has a bad time (naming the event, or file and line), `corrupt`, or `device`.
 *
 * @param standardInput read when the sequence's input is `-`.
 */
export async function predictNext(
  workspace: ReadWorkspace,
  optionsInput: PredictOptionsInput,
  context: JobContext,
  standardInput: Readable = process.stdin,
): Promise<PredictionResult> {
  const options = parseOptions(predictOptions, optionsInput)
  const predictor = await openPredictor(workspace, options, context)
  try {
    const targetTime = predictor.resolveTargetTime(options.targetTime, context)
    const events = await readHistory(workspace, predictor, options, standardInput)
    const prediction = await predictAfter(predictor, events, options.top, targetTime)
    return { ...describePredictor(predictor, options.checkpoint), user: options.user ?? null, ...prediction }
  } finally {
    await predictor.dispose()
  }
}

async function readHistory(
  { database }: ReadWorkspace,
  { dataset, zone }: Predictor,
  { user, sequence, history = [], timeZone }: PredictOptions,
  standardInput: Readable,
): Promise<NamedEvent[]> {
  if (user !== undefined) return readStoredHistory(database, dataset.configuration, user)
  if (sequence !== undefined) return readSequence(sequence, { zone, standardInput })
  return readGivenHistory(history, timeZone ?? zone)
}

/** What follows a history, oldest event first: the part of the result that depends on the history. */
export async function predictAfter(
  predictor: Predictor,
  events: readonly NamedEvent[],
  top: number,
  targetTime: number | undefined,
): Promise<Pick<PredictionResult, 'history' | 'targetTime' | 'predictions' | 'remaining' | 'location' | 'gap'>> {
  assertPredictable(events, targetTime)
  const { dataset, encoder, run } = predictor
  const window = encodeHistory(encoder, run.model.length, events)
  const [logits] = await predictor.next([window], targetTime)
  const { classes, probabilities, remaining } = topBehaviours(logits.behaviour, top)
  return {
    history: describeHistory(predictor, events),
    targetTime: targetTime === undefined ? null : formatLocalTime(targetTime),
    predictions: classes.map((id, index) => ({
      rank: index + 1,
      behaviour: dataset.behaviours[id],
      probability: probabilities[index],
    })),
    remaining: { behaviours: dataset.behaviours.length - classes.length, probability: remaining },
    ...describeHeads(logits, dataset.locations, top),
  }
}

/**
 * Throws WorkbenchError `input` for a history without events, `usage` for an event to predict that lies before the last one.
 * @param targetTime as `Predictor.resolveTargetTime` gives it.
 */
export function assertPredictable(events: readonly NamedEvent[], targetTime: number | undefined): void {
  if (events.length === 0) {
    throw new WorkbenchError(
      'input',
      phrase`The history is empty.`,
      phrase`Give at least one event with its time and behaviour.`,
    )
  }
  const lastTime = events[events.length - 1].time
  if (targetTime === undefined || targetTime >= lastTime) return
  throw new WorkbenchError(
    'usage',
    phrase`The event to predict (${formatLocalTime(targetTime)}) lies before the last event of the history (${formatLocalTime(lastTime)}).`,
  )
}

/** How much of a history, oldest event first and not empty, the model reads, and what of it is unknown. */
export function describeHistory(
  { encoder, run }: Predictor,
  events: readonly NamedEvent[],
): PredictionResult['history'] {
  const unknown = unknownNames(encoder, events)
  const read = Math.min(events.length, run.model.length)
  return {
    events: events.length,
    read,
    countedOnly: run.model.habit ? events.length - read : 0,
    from: formatLocalTime(events[0].time),
    until: formatLocalTime(events[events.length - 1].time),
    unknownBehaviours: unknown.behaviours,
    unknownLocations: unknown.locations,
    eventsWithoutLocation: events.filter(({ location }) => location === '').length,
  }
}

function describePredictor(
  { run, dataset }: Predictor,
  checkpoint: 'best' | 'last',
): Pick<PredictionResult, 'run' | 'checkpoint' | 'dataset' | 'simulated'> {
  return {
    run: { id: run.id, name: run.name },
    checkpoint,
    dataset: { id: dataset.id, name: dataset.name },
    simulated: dataset.simulated,
  }
}
