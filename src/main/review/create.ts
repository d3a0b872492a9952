import { throwIfCancelled, WorkbenchError } from '../../shared/errors.ts'
import { groupNames } from '../../shared/long-tail.ts'
import { phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import {
  modelStrategies,
  type QueueStrategy,
  type ReviewEvent,
  type ReviewOptions,
  type ReviewReason,
  type ReviewSequence,
} from '../../shared/review.ts'
import { type EventFigures, noFigures } from '../prediction/event-figures.ts'
import { rememberNames } from '../storage/dictionaries.ts'
import { insertReviewProject, refuseTakenReviewName } from '../storage/review-projects.ts'
import type { ReadWorkspace, WriteWorkspace } from '../storage/workspace.ts'
import { byLot, byTail, type Candidate, chooseCandidates } from './candidates.ts'
import { type Origin, openOrigin, readHistory, type UserHistory } from './histories.ts'
import { openSequenceReader, type SequenceReader } from './sequence-reader.ts'

type Sequence = Omit<ReviewSequence, 'position'>

/**
 * Computes a queue and stores the review project with it, in one step at the end. The same options over the same log give the same queue.
 * @throws WorkbenchError `conflict` when the name is taken, `not-found` for an unknown dataset, source, run or checkpoint, `input` when there
 * is no sequence, `corrupt`, `cancelled`.
 */
export async function createReview(
  workspace: WriteWorkspace,
  options: ReviewOptions,
  context: JobContext,
): Promise<{ project: number }> {
  refuseTakenReviewName(workspace.database, options.name)
  const origin = openOrigin(workspace, options)
  const asksModel = modelStrategies.includes(options.strategy)
  const { chosen, sequences: total } = await chooseCandidates(
    workspace.database,
    origin,
    {
      length: options.length,
      seed: options.seed,
      order: options.strategy === 'tail-first' ? byTail : byLot,
      limit: asksModel ? Math.max(options.candidates, options.count) : options.count,
    },
    context,
  )
  if (chosen.length === 0) {
    throw new WorkbenchError(
      'input',
      phrase`There is no sequence to review: no user has two events there.`,
      phrase`Choose another dataset or source.`,
    )
  }
  if (total < options.count) {
    context.warn(
      total === 1
        ? phrase`There is only 1 sequence of up to ${options.length} events.`
        : phrase`There are only ${total} sequences of up to ${options.length} events.`,
    )
  }
  const { run, sequences } = await readCandidates(workspace, origin, chosen, options, context)
  const queue = inQueueOrder(sequences, options.strategy).slice(0, options.count)
  const project = insertReviewProject(workspace.database, {
    ...options,
    simulated: origin.simulated,
    origin: { dataset: origin.dataset, source: origin.source, run, sequences: total, candidates: chosen.length },
    sequences: queue,
  })
  return { project }
}

/** The candidates with their names, and with the model's figures where there is a run; in the order of the candidates. */
async function readCandidates(
  workspace: ReadWorkspace,
  origin: Origin,
  candidates: readonly Candidate[],
  options: ReviewOptions,
  context: JobContext,
): Promise<{ run: { id: string; name: string } | null; sequences: Sequence[] }> {
  const reader =
    options.run === undefined
      ? undefined
      : await openSequenceReader(workspace, { run: options.run, checkpoint: options.checkpoint }, context)
  try {
    const sequences = new Array<Sequence>(candidates.length)
    const names = rememberNames(workspace.database)
    let done = 0
    for (const [user, indexes] of byUser(candidates)) {
      throwIfCancelled(context.signal)
      const history = readHistory(workspace.database, origin, user)
      const own = indexes.map((index) => candidates[index])
      const figures = await reader?.read(history, own, context)
      for (const [place, index] of indexes.entries()) {
        const candidate = candidates[index]
        sequences[index] = describe(names, origin, history, candidate, options.strategy, {
          figures: figures?.[place],
          behaviours: reader?.behaviours ?? 0,
        })
      }
      done += indexes.length
      const stage = reader === undefined ? phrase`reading sequences` : phrase`asking the model`
      context.report({ stage, done, total: candidates.length, unit: 'sequences' })
    }
    return { run: runOf(reader), sequences }
  } finally {
    await reader?.dispose()
  }
}

const runOf = (reader: SequenceReader | undefined) =>
  reader === undefined ? null : { id: reader.run.id, name: reader.run.name }

function byUser(candidates: readonly Candidate[]): Map<number, number[]> {
  const users = new Map<number, number[]>()
  for (const [index, { user }] of candidates.entries()) {
    const own = users.get(user)
    if (own === undefined) users.set(user, [index])
    else own.push(index)
  }
  return users
}

function describe(
  names: ReturnType<typeof rememberNames>,
  { groups }: Origin,
  history: UserHistory,
  { user, start, end, tail, firstInstant, lastInstant }: Candidate,
  strategy: QueueStrategy,
  { figures, behaviours }: { figures: EventFigures[] | undefined; behaviours: number },
): Sequence {
  if (history.events[start]?.[4] !== firstInstant || history.events[end - 1]?.[4] !== lastInstant) throw changedLog()
  const events = history.events.slice(start, end).map(([, time, behaviour, location, instant], index): ReviewEvent => {
    return {
      time,
      instant,
      behaviour: names('behaviours', behaviour),
      location: names('locations', location),
      group: groupNames[groups[behaviour]],
      ...rounded(figures?.[index] ?? noFigures),
    }
  })
  return {
    user: names('users', user),
    events,
    previousTime: history.events[start - 1]?.[1] ?? null,
    nextTime: history.events[end]?.[1] ?? null,
    reason: reasonOf(strategy, events, tail, behaviours),
  }
}

/** Four digits are more than anybody reads, and a third of the bytes. */
function rounded({ surprise, rank, entropy }: EventFigures): EventFigures {
  const round = (value: number | null) => (value === null ? null : Math.round(value * 1e4) / 1e4)
  return { surprise: round(surprise), rank, entropy: round(entropy) }
}

/** The log is walked through twice; what an import or a removal changes in between would be cut elsewhere. */
function changedLog(): WorkbenchError {
  return new WorkbenchError(
    'conflict',
    phrase`The log was changed while it was read.`,
    phrase`Try again when the import or removal is done.`,
  )
}

function reasonOf(
  strategy: QueueStrategy,
  events: readonly ReviewEvent[],
  tailEvents: number,
  behaviours: number,
): ReviewReason {
  let worst: ReviewReason['worst'] = null
  for (const [event, { rank }] of events.entries()) {
    if (rank !== null && rank > (worst?.rank ?? 0)) worst = { event, rank, behaviours }
  }
  return {
    strategy,
    tailEvents,
    meanEntropy: mean(events.map(({ entropy }) => entropy)),
    meanSurprise: mean(events.map(({ surprise }) => surprise)),
    worst,
  }
}

function mean(values: readonly (number | null)[]): number | null {
  const given = values.filter((value) => value !== null)
  return given.length === 0 ? null : given.reduce((sum, value) => sum + value, 0) / given.length
}

/** What comes first: most uncertain, or worst ranked (then most surprising); sequences of which the model says nothing come last, equals stay in their order. */
function inQueueOrder(sequences: readonly Sequence[], strategy: QueueStrategy): Sequence[] {
  const orders: Partial<Record<QueueStrategy, (reason: ReviewReason) => number[]>> = {
    uncertain: ({ meanEntropy }) => [meanEntropy ?? -1],
    disagrees: ({ worst, meanSurprise }) => [worst?.rank ?? 0, meanSurprise ?? -1],
  }
  const keys = orders[strategy]
  if (keys === undefined) return [...sequences]
  return [...sequences].sort((a, b) => {
    const [left, right] = [keys(a.reason), keys(b.reason)]
    const first = left.findIndex((value, index) => value !== right[index])
    return first === -1 ? 0 : right[first] - left[first]
  })
}
