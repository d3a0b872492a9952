import { setImmediate } from 'node:timers/promises'
import type { DatasetConfiguration } from '../../shared/configuration.ts'
import { throwIfCancelled, WorkbenchError } from '../../shared/errors.ts'
import { atTerminal, type Phrase, phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import { type Boundaries, splitBoundaries } from './boundaries.ts'
import type { CollectedEvents } from './collect.ts'
import { alignedBlocks, blockLength } from './spill.ts'
import { splitCode } from './types.ts'

/** How events are assigned to training, validation and test. */
export type Periods = { kind: 'time'; boundaries: Boundaries } | { kind: 'leave-one-out' }

/** A block of events with the period of each. All arrays are used again for the next block. */
export interface EventBlock {
  readonly length: number
  /** Index of the block's first event. */
  readonly start: number
  readonly local: Float64Array
  readonly behaviour: Int32Array
  readonly location: Int32Array
  /** splitCode of each event. */
  readonly split: Uint8Array
  /** 1 where the event is predicted: everywhere but at a user's first. */
  readonly isTarget: Uint8Array
}

/**
 * Finds where the periods of a configuration's split lie.
 * @throws WorkbenchError `input` when there are too few events or distinct times for three periods.
 */
export function findPeriods(events: CollectedEvents, split: DatasetConfiguration['split']): Periods {
  if (split.kind === 'leave-one-out') return { kind: 'leave-one-out' }
  if (events.length < 3) {
    throw tooFewTimes(
      events.length === 1 ? phrase`there is only 1 event` : phrase`there are only ${events.length} events`,
    )
  }
  const boundaries = splitBoundaries(
    function* () {
      for (const { values } of events.instant.blocks()) yield values
    },
    { count: events.length, first: events.firstInstant, last: events.lastInstant },
    split,
  )
  if (boundaries.test <= boundaries.valid || !hasValidation(events, boundaries)) {
    throw tooFewTimes(phrase`too many events share the same time`)
  }
  return { kind: 'time', boundaries }
}

function hasValidation(events: CollectedEvents, { valid, test }: Boundaries): boolean {
  for (const { values } of events.instant.blocks()) {
    if (values.some((instant) => instant >= valid && instant < test)) return true
  }
  return false
}

function tooFewTimes(reason: Phrase): WorkbenchError {
  return new WorkbenchError(
    'input',
    phrase`The log cannot be split by time into training, validation and test: ${reason}.`,
    phrase`Use the split leave-one-out${atTerminal('--split leave-one-out')}, other shares, or a log that spans more time.`,
  )
}

/**
 * Walks through all events in order with the period of each; leave-one-out tests a user's last event and validates on the one before it. Reports progress under `stage`
 * and stops with `cancelled` between blocks.
 */
export async function* eventBlocks(
  events: CollectedEvents,
  periods: Periods,
  stage: Phrase,
  context: JobContext,
): AsyncIterableIterator<EventBlock> {
  const split = new Uint8Array(blockLength)
  const isTarget = new Uint8Array(blockLength)
  const ends = events.userEnds.values
  let user = 0
  let userStart = 0
  for (const { start, values } of alignedBlocks(events.instant, events.local, events.behaviour, events.location)) {
    const [instant, local, behaviour, location] = values
    for (let index = 0; index < instant.length; index++) {
      const event = start + index
      if (event === ends[user]) userStart = ends[user++]
      isTarget[index] = event > userStart ? 1 : 0
      split[index] =
        periods.kind === 'time'
          ? splitByTime(instant[index], periods.boundaries)
          : splitByOrder(event - userStart, ends[user] - userStart)
    }
    yield { length: instant.length, start, local, behaviour, location, split, isTarget }
    context.report({ stage, done: start + instant.length, total: events.length, unit: 'events' })
    await setImmediate()
    throwIfCancelled(context.signal)
  }
}

function splitByTime(instant: number, { valid, test }: Boundaries): number {
  if (instant < valid) return splitCode.train
  return instant < test ? splitCode.valid : splitCode.test
}

/** A user's first event is never predicted, so a user of two events has a test target but no validation target. */
function splitByOrder(position: number, count: number): number {
  if (position === 0 || position < count - 2) return splitCode.train
  return position === count - 1 ? splitCode.test : splitCode.valid
}
