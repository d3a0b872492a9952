import { slotOf, weekdayOf } from '../dataset/calendar.ts'
import { type BehaviourProcess, type Circumstances, habitPrior, weights } from './process.ts'
import { dayParts } from './smartphone.ts'

/** One event as a model sees it. */
export interface ObservedEvent {
  /** Index into the process's behaviours. */
  behaviour: number
  /** Index into `places`. */
  place: number
  /** Local wall-clock milliseconds. */
  time: number
}

/** Part of day and weekend of a time. */
export function momentOf(time: number): { dayPart: number; weekend: boolean } {
  const hour = slotOf(time, 24)
  const dayPart = dayParts.findLastIndex(({ from }) => hour >= from)
  return { dayPart, weekend: weekdayOf(time) >= 5 }
}

/**
 * A user's history as the process needs it, and the exact posterior of the hidden persona after it (Bayes' rule event by event). Fresh, it knows of no event; the first
 * event of a user is drawn as if the one before had taken place at home at the same time.
 */
export class HistoryFilter {
  readonly #process: BehaviourProcess
  /** Posterior of the persona: [K]. */
  readonly #posterior: Float64Array
  readonly #counts: Float64Array
  #events = 0
  #last: number | undefined
  #beforeLast: number | undefined
  #circumstances: Circumstances | undefined

  /** @param prior of the persona, its share of the users when absent; [K] */
  constructor(process: BehaviourProcess, prior: Float64Array = process.personaShares) {
    this.#process = process
    this.#posterior = prior.slice()
    this.#counts = new Float64Array(process.behaviours.length)
  }

  /** p(next behaviour | history), the persona averaged out, into `probabilities` [V]. `time` matters for a user's first event only. */
  predict(time: number, probabilities: Float64Array): void {
    const circumstances = this.#circumstances ?? { place: 0, ...momentOf(time) }
    const personaWeight = this.#last === undefined ? 1 : weights.persona
    probabilities.fill(0)
    this.#posterior.forEach((belief, persona) => {
      if (belief === 0) return
      const choice = this.#process.personaChoice(persona, circumstances)
      for (let e = 0; e < choice.length; e++) probabilities[e] += personaWeight * belief * choice[e]
    })
    this.#addHistory(circumstances, probabilities)
  }

  /** Takes in the next event. */
  observe({ behaviour, place, time }: ObservedEvent): void {
    const circumstances = this.#circumstances ?? { place: 0, ...momentOf(time) }
    const personaWeight = this.#last === undefined ? 1 : weights.persona
    const shared = this.#sharedProbability(behaviour, circumstances)
    let total = 0
    for (let persona = 0; persona < this.#posterior.length; persona++) {
      const own = this.#process.personaChoice(persona, circumstances)[behaviour]
      this.#posterior[persona] *= personaWeight * own + shared
      total += this.#posterior[persona]
    }
    for (let persona = 0; persona < this.#posterior.length; persona++) this.#posterior[persona] /= total
    this.#counts[behaviour]++
    this.#events++
    this.#beforeLast = this.#last
    this.#last = behaviour
    this.#circumstances = { place, ...momentOf(time) }
  }

  get posterior(): Float64Array {
    return this.#posterior.slice()
  }

  /** The part of p(next | persona, history) that is the same for every persona. */
  #addHistory(circumstances: Circumstances, probabilities: Float64Array): void {
    if (this.#last === undefined) return
    const followers = this.#process.followers(this.#last, circumstances)
    const { follows, back } = this.#historyWeights()
    for (let e = 0; e < probabilities.length; e++) {
      probabilities[e] += follows * followers[e] + weights.habit * this.#habit(e)
    }
    if (this.#beforeLast !== undefined) probabilities[this.#beforeLast] += back
  }

  #sharedProbability(behaviour: number, circumstances: Circumstances): number {
    if (this.#last === undefined) return 0
    const { follows, back } = this.#historyWeights()
    const returns = behaviour === this.#beforeLast ? back : 0
    const following = this.#process.followers(this.#last, circumstances)[behaviour]
    return follows * following + returns + weights.habit * this.#habit(behaviour)
  }

  /** After one event there is nothing to go back to: that weight goes to what follows. */
  #historyWeights(): { follows: number; back: number } {
    if (this.#beforeLast === undefined) return { follows: weights.follows + weights.back, back: 0 }
    return { follows: weights.follows, back: weights.back }
  }

  #habit(behaviour: number): number {
    return (this.#counts[behaviour] + habitPrior * this.#process.popularity[behaviour]) / (this.#events + habitPrior)
  }
}

/** The best possible prediction of each event of one user from the events before it. */
export interface BayesPrediction {
  event: ObservedEvent
  /** p(behaviour | history): [V]; used again for the next prediction. */
  probabilities: Float64Array
}

/** Exact predictive distributions along one user's history, the first event included. */
export function* bayesPredictions(
  process: BehaviourProcess,
  events: Iterable<ObservedEvent>,
): IterableIterator<BayesPrediction> {
  const filter = new HistoryFilter(process)
  const probabilities = new Float64Array(process.behaviours.length)
  for (const event of events) {
    filter.predict(event.time, probabilities)
    yield { event, probabilities }
    filter.observe(event)
  }
}
