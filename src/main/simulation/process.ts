import { z } from 'zod'
import { WorkbenchError } from '../../shared/errors.ts'
import { issuePhrase } from '../../shared/issues.ts'
import { phrase, statements } from '../../shared/phrase.ts'
import { Random } from '../dataset/random.ts'
import {
  behaviourNames,
  categoryByDayPart,
  categoryByPlace,
  categoryOf,
  categoryOnWeekends,
  dayParts,
  placeByDayPart,
  places,
} from './smartphone.ts'

/**
 * Everything about a simulated log: the same parameters give the same log. Stored with a simulated source, so that the best possible predictions can be computed.
 */
export const simulationParameters = z.strictObject({
  kind: z.literal('smartphone').default('smartphone'),
  /** Of the process: another one gets another number. */
  version: z.literal(1).default(1),
  events: z.int().min(1).default(100_000),
  /** The most popular ones of `behaviourNames`. */
  behaviours: z.int().min(2).max(behaviourNames.length).default(60),
  users: z.int().min(1).default(400),
  days: z.int().min(1).max(3650).default(56),
  /** Hidden kinds of users. */
  personas: z.int().min(1).max(100).default(6),
  seed: z.int().min(0).default(1),
})
export type SimulationParameters = z.infer<typeof simulationParameters>
export type SimulationParametersInput = z.input<typeof simulationParameters>

/** @throws WorkbenchError `usage` naming the parameter that is out of range. */
export function parseSimulationParameters(input: unknown): SimulationParameters {
  const parsed = simulationParameters.safeParse(input)
  if (parsed.success) return parsed.data
  throw new WorkbenchError(
    'usage',
    phrase`The simulation cannot run: ${statements(parsed.error.issues.map(issuePhrase))}`,
  )
}

/** What a behaviour is drawn by besides the user's history: where and when the event before it took place. */
export interface Circumstances {
  /** Index into `places`. */
  place: number
  /** Index into `dayParts`. */
  dayPart: number
  weekend: boolean
}

/**
 * How likely each behaviour is to come next, for a user of persona k with the history e_1 .. e_t:
 *
 *   p(e | k, history) = w_1 persona_k(e | place_t, part of day_t, weekend_t)    what such people do there and then
 *                     + w_2 follows(e | e_t, part of day_t)                     what comes after the last behaviour
 *                     + w_3 [e = e_(t-1)]                                       going back to the one before
 *                     + w_4 (n_e + kappa popularity(e)) / (t + kappa)           the user's own habit so far
 *
 * Times are drawn on their own, and a place given behaviour, time and the place before: neither depends on the persona, so a history tells of it through the behaviours
 * alone and the posterior of the persona is a product of the likelihoods above (see bayes.ts).
 */
export interface BehaviourProcess {
  readonly parameters: SimulationParameters
  /** V names. */
  readonly behaviours: readonly string[]
  /** How common each behaviour is: [V]. */
  readonly popularity: Float64Array
  /** How common each persona is: [K]. */
  readonly personaShares: Float64Array
  /** persona_k(. | circumstances): [V]. */
  personaChoice(persona: number, circumstances: Circumstances): Float64Array
  /** follows(. | behaviour, circumstances): [V]. */
  followers(behaviour: number, circumstances: Circumstances): Float64Array
  /** Where a behaviour takes place, given its time and the place of the event before: [places]. */
  placeChoice(behaviour: number, dayPart: number, weekend: boolean, before: number): Float64Array
}

export const weights = { persona: 0.28, follows: 0.42, back: 0.14, habit: 0.16 } as const
/** Pseudo-events of popularity in a user's habit. */
export const habitPrior = 10
/** What follows what differs between so many kinds of day parts. */
const routines = 2
/** Share of events that happen where the one before did. */
const staying = 0.8
/** Popularity falls with the rank like Zipf's law, and faster towards its end. */
const zipf = { offset: 2, exponent: 0.9, decay: 15 } as const

/** The process of given parameters; tables of a few thousand numbers per persona. */
export function createProcess(parameters: SimulationParameters): BehaviourProcess {
  const behaviours = behaviourNames.slice(0, parameters.behaviours)
  const categories = behaviours.map(categoryOf)
  const popularity = normalise(
    Float64Array.from(behaviours, (_, rank) => (rank + zipf.offset) ** -zipf.exponent * Math.exp(-rank / zipf.decay)),
  )
  const random = new Random(parameters.seed, 1)
  const personaShares = normalise(Float64Array.from({ length: parameters.personas }, () => 0.5 + random.uniform()))
  const tastes = Array.from(personaShares, () => drawTaste(categories, random))
  const followers = Array.from({ length: routines }, () =>
    behaviours.map((_, behaviour) => drawFollowers(behaviour, categories, popularity, random)),
  )
  const choices = tastes.map((taste) => personaChoices(taste, categories, popularity))
  const placeChoices = behaviours.map((_, behaviour) => drawPlaces(categories[behaviour]))
  return {
    parameters,
    behaviours,
    popularity,
    personaShares,
    personaChoice: (persona, circumstances) => choices[persona][circumstancesIndex(circumstances)],
    followers: (behaviour, { dayPart }) => followers[dayPart % routines][behaviour],
    placeChoice: (behaviour, dayPart, weekend, before) =>
      placeChoices[behaviour][circumstancesIndex({ place: before, dayPart, weekend })],
  }
}

export function normalise(values: Float64Array): Float64Array {
  const total = values.reduce((sum, value) => sum + value, 0)
  return values.map((value) => value / total)
}

function circumstancesIndex({ place, dayPart, weekend }: Circumstances): number {
  return (place * dayParts.length + dayPart) * 2 + (weekend ? 1 : 0)
}

/** One value per circumstances, in the order of `circumstancesIndex`. */
function forCircumstances<T>(make: (circumstances: Circumstances) => T): T[] {
  return places.flatMap((_, place) =>
    dayParts.flatMap((_, dayPart) => [false, true].map((weekend) => make({ place, dayPart, weekend }))),
  )
}

/** How much more or less a persona cares for each behaviour: one factor per category, one per behaviour. */
function drawTaste(categories: readonly string[], random: Random): Float64Array {
  const byCategory = new Map([...new Set(categories)].map((category) => [category, Math.exp(1.3 * random.normal())]))
  return Float64Array.from(categories, (category) => byCategory.get(category)! * Math.exp(0.6 * random.normal()))
}

function personaChoices(taste: Float64Array, categories: readonly string[], popularity: Float64Array): Float64Array[] {
  return forCircumstances(({ place, dayPart, weekend }) =>
    normalise(
      popularity.map((share, behaviour) => {
        const category = categories[behaviour]
        const atTime = categoryByDayPart[category]?.[dayPart] ?? 1
        const onWeekend = weekend ? (categoryOnWeekends[category] ?? 1) : 1
        const atPlace = categoryByPlace[category]?.[places[place]] ?? 1
        return share * taste[behaviour] * (atTime * onWeekend * atPlace) ** 1.5
      }),
    ),
  )
}

/** One behaviour from anywhere that usually comes next, another that sometimes does, and else one of the same category. */
function drawFollowers(
  behaviour: number,
  categories: readonly string[],
  popularity: Float64Array,
  random: Random,
): Float64Array {
  const related = popularity.map((share, other) => {
    const liking = share * Math.exp(1.5 * random.normal())
    return categories[other] === categories[behaviour] ? liking : 0
  })
  const followers = normalise(related).map((share) => 0.25 * share)
  for (const share of [0.6, 0.15]) followers[random.choose(popularity)] += share
  return followers
}

function drawPlaces(category: string): Float64Array[] {
  return forCircumstances(({ place: before, dayPart, weekend }) => {
    const presence = placeByDayPart[weekend ? 1 : 0][dayPart]
    const drawn = normalise(
      Float64Array.from(places, (place, index) => presence[index] * (categoryByPlace[category]?.[place] ?? 1)),
    )
    return drawn.map((share, place) => (1 - staying) * share + (place === before ? staying : 0))
  })
}
