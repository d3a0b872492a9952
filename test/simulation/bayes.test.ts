import { describe, expect, test } from 'vitest'
import { Random } from '../../src/main/dataset/random.ts'
import { bayesPredictions, HistoryFilter, momentOf, type ObservedEvent } from '../../src/main/simulation/bayes.ts'
import {
  type BehaviourProcess,
  createProcess,
  habitPrior,
  parseSimulationParameters,
  weights,
} from '../../src/main/simulation/process.ts'
import { simulateUsers } from '../../src/main/simulation/simulate.ts'

const process = createProcess(
  parseSimulationParameters({ events: 30_000, users: 150, behaviours: 20, personas: 4, seed: 3 }),
)
const users = [...simulateUsers(process)]
const V = process.behaviours.length

/** p(e | persona, history) straight from the definition in process.ts, without any state. */
function naiveLikelihood(
  process: BehaviourProcess,
  persona: number,
  history: readonly ObservedEvent[],
  e: number,
  time: number,
) {
  const last = history.at(-1)
  const circumstances =
    last === undefined ? { place: 0, ...momentOf(time) } : { place: last.place, ...momentOf(last.time) }
  const own = process.personaChoice(persona, circumstances)[e]
  if (last === undefined) return own
  const before = history.at(-2)
  const count = history.filter(({ behaviour }) => behaviour === e).length
  const follows = weights.follows + (before === undefined ? weights.back : 0)
  return (
    weights.persona * own +
    follows * process.followers(last.behaviour, circumstances)[e] +
    (before?.behaviour === e ? weights.back : 0) +
    (weights.habit * (count + habitPrior * process.popularity[e])) / (history.length + habitPrior)
  )
}

/** Bayes' rule over the whole history at once: sum over personas of share times likelihood of everything. */
function naivePrediction(process: BehaviourProcess, history: readonly ObservedEvent[], time: number): number[] {
  const joint = Array.from(process.personaShares, (share, persona) =>
    history.reduce(
      (product, event, index) =>
        product * naiveLikelihood(process, persona, history.slice(0, index), event.behaviour, event.time),
      share,
    ),
  )
  const evidence = joint.reduce((sum, value) => sum + value, 0)
  return process.behaviours.map((_, e) =>
    joint.reduce(
      (sum, value, persona) => sum + (value / evidence) * naiveLikelihood(process, persona, history, e, time),
      0,
    ),
  )
}

describe('the best possible prediction', () => {
  test("equals Bayes' rule over the whole history", () => {
    for (const events of users.slice(0, 5)) {
      const history = events.slice(0, 40)
      let index = 0
      for (const { event, probabilities } of bayesPredictions(process, history)) {
        const expected = naivePrediction(process, history.slice(0, index), event.time)
        probabilities.forEach((probability, e) => {
          expect(probability).toBeCloseTo(expected[e], 10)
        })
        expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 10)
        index++
      }
    }
  })

  test('is what happens when a history is continued again and again', () => {
    const random = new Random(11)
    for (const events of users.slice(0, 3)) {
      const history = events.slice(0, 12)
      const filter = new HistoryFilter(process)
      for (const event of history) filter.observe(event)
      const probabilities = new Float64Array(V)
      filter.predict(0, probabilities)
      const counts = new Float64Array(V)
      const draws = 20_000
      // A continuation: a persona from its posterior, then what such a user does next.
      const posterior = filter.posterior
      const byPersona = Array.from(posterior, (_, persona) => {
        return process.behaviours.map((_, e) => naiveLikelihood(process, persona, history, e, 0))
      })
      for (let draw = 0; draw < draws; draw++) counts[random.choose(byPersona[random.choose(posterior)])]++
      const statistic = counts.reduce(
        (sum, count, e) => sum + (count - draws * probabilities[e]) ** 2 / (draws * probabilities[e]),
        0,
      )
      // Chi-square with V - 1 degrees of freedom: mean V - 1, deviation sqrt(2 (V - 1)).
      expect(statistic).toBeLessThan(V - 1 + 5 * Math.sqrt(2 * (V - 1)))
    }
  })

  test('is calibrated on the simulated log: for every class, and where it is sure and where it is not', () => {
    const groups = new Map<string, { difference: number; variance: number }>()
    const add = (name: string, hit: boolean, p: number) => {
      const group = groups.get(name) ?? { difference: 0, variance: 0 }
      groups.set(name, group)
      group.difference += (hit ? 1 : 0) - p
      group.variance += p * (1 - p)
    }
    for (const events of users) {
      let index = 0
      for (const { event, probabilities } of bayesPredictions(process, events)) {
        probabilities.forEach((p, e) => {
          const hit = event.behaviour === e
          add(`class ${e}`, hit, p)
          add(`predicted ${Math.floor(10 * p)}`, hit, p)
          if (index < 5) add(`early ${e}`, hit, p)
          if (e === events[index - 1]?.behaviour) add('repetition', hit, p)
          if (e === events[index - 2]?.behaviour) add('return', hit, p)
        })
        index++
      }
    }
    expect(groups.size).toBeGreaterThan(40)
    // Hits minus probabilities are a martingale: a sum of mean 0 whose variance is known.
    for (const [name, { difference, variance }] of groups) {
      expect(Math.abs(difference) / Math.sqrt(variance), name).toBeLessThan(4.5)
    }
  })

  test('is beaten by nobody who sees the same: not without the history, the persona or the habit, nor even on average by chance', () => {
    const truth = { nll: 0, hits: 0, expected: 0, variance: 0 }
    const rivals = { prior: { nll: 0, hits: 0 }, popularity: { nll: 0, hits: 0 }, follows: { nll: 0, hits: 0 } }
    let targets = 0
    const score = (rival: { nll: number; hits: number }, probabilities: ArrayLike<number>, behaviour: number) => {
      rival.nll -= Math.log(probabilities[behaviour])
      if (indexOfMaximum(probabilities) === behaviour) rival.hits++
    }
    for (const events of users) {
      let index = 0
      for (const { event, probabilities } of bayesPredictions(process, events)) {
        const history = events.slice(Math.max(0, index - 2), index)
        if (index++ < 2) continue
        targets++
        score(truth, probabilities, event.behaviour)
        const best = Math.max(...probabilities)
        truth.expected += best
        truth.variance += best * (1 - best)
        const fresh = new HistoryFilter(process)
        for (const seen of history) fresh.observe(seen)
        const short = new Float64Array(V)
        fresh.predict(event.time, short)
        score(rivals.prior, short, event.behaviour)
        score(rivals.popularity, process.popularity, event.behaviour)
        const last = history[1]
        const circumstances = { place: last.place, ...momentOf(last.time) }
        const follows = process.followers(last.behaviour, circumstances)
        score(
          rivals.follows,
          follows.map((share, e) => 0.5 * share + 0.5 * process.popularity[e]),
          event.behaviour,
        )
      }
    }
    expect(Math.abs(truth.hits - truth.expected)).toBeLessThan(4 * Math.sqrt(truth.variance))
    for (const rival of Object.values(rivals)) {
      expect(rival.nll / targets).toBeGreaterThan(truth.nll / targets + 0.02)
      expect(rival.hits).toBeLessThan(truth.hits)
    }
  })
})

function indexOfMaximum(values: ArrayLike<number>): number {
  let best = 0
  for (let index = 1; index < values.length; index++) if (values[index] > values[best]) best = index
  return best
}
