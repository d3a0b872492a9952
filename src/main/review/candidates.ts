import { setImmediate } from 'node:timers/promises'
import { throwIfCancelled } from '../../shared/errors.ts'
import { groupNames } from '../../shared/long-tail.ts'
import { phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import { Random } from '../dataset/random.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { countEvents } from '../storage/events.ts'
import { type Origin, readHistories, type UserHistory } from './histories.ts'

/** A sequence that could be reviewed: a stretch of one user's history. */
export interface Candidate {
  /** The log's id. */
  user: number
  /** First event in the user's history, and the one after the last. */
  start: number
  end: number
  /** When the first and the last event happened: tells whether the log is still the same. */
  firstInstant: number
  lastInstant: number
  /** Events of tail and middle behaviours. */
  tail: number
  middle: number
  /** Uniform on [0, 1), from the seed and the place in the log alone: decides between equals. */
  lot: number
}

/** Which of two candidates comes first: negative for `a`. */
export type Order = (a: Candidate, b: Candidate) => number

/** In an order that the seed decides. */
export const byLot: Order = (a, b) => a.lot - b.lot || a.user - b.user || a.start - b.start

/** Most events of tail behaviours first, then most of middle ones; the lot decides between equals. */
export const byTail: Order = (a, b) => b.tail - a.tail || b.middle - a.middle || byLot(a, b)

/**
 * Cuts every user's history into sequences of `length` events (the last one may be shorter, but has two) and keeps the first `limit` of them
 * in the given order. One walk through the log; memory grows with `limit` and the longest history, not with the log.
 * @returns the chosen ones in their order, and how many sequences there are.
 */
export async function chooseCandidates(
  database: ReadDatabase,
  origin: Origin,
  { length, seed, order, limit }: { length: number; seed: number; order: Order; limit: number },
  context: JobContext,
): Promise<{ chosen: Candidate[]; sequences: number }> {
  const kept = new FirstOf(order, limit)
  const total = countEvents(database, origin.filter)
  let done = 0
  let reported = 0
  let sequences = 0
  for (const history of readHistories(database, origin, (events) => {
    done += events
  })) {
    for (const candidate of cut(history, origin, length, seed)) {
      kept.add(candidate)
      sequences++
    }
    if (done === reported) continue
    reported = done
    context.report({ stage: phrase`reading events`, done, total, unit: 'events' })
    await setImmediate()
    throwIfCancelled(context.signal)
  }
  return { chosen: kept.finish(), sequences }
}

const middle = groupNames.indexOf('middle')
const tail = groupNames.indexOf('tail')

function* cut({ user, events }: UserHistory, { groups }: Origin, length: number, seed: number): Generator<Candidate> {
  for (let start = 0; start < events.length - 1; start += length) {
    const end = Math.min(start + length, events.length)
    const candidate: Candidate = {
      user,
      start,
      end,
      firstInstant: events[start][4],
      lastInstant: events[end - 1][4],
      tail: 0,
      middle: 0,
      lot: new Random(seed, user, start).uniform(),
    }
    for (let event = start; event < end; event++) {
      const group = groups[events[event][2]]
      if (group === tail) candidate.tail++
      else if (group === middle) candidate.middle++
    }
    yield candidate
  }
}

/** Keeps the first few of many in an order; holds at most twice as many as wanted. */
class FirstOf {
  readonly #order: Order
  readonly #limit: number
  #kept: Candidate[] = []

  constructor(order: Order, limit: number) {
    this.#order = order
    this.#limit = limit
  }

  add(candidate: Candidate): void {
    this.#kept.push(candidate)
    if (this.#kept.length >= 2 * this.#limit) this.finish()
  }

  finish(): Candidate[] {
    this.#kept = this.#kept.sort(this.#order).slice(0, this.#limit)
    return this.#kept
  }
}
