import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { throwIfCancelled } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import { type JobContext, silentContext } from '../../shared/progress.ts'
import { formatLocalTime } from '../dataset/calendar.ts'
import { Random } from '../dataset/random.ts'
import { writeFileAtomic } from '../storage/files.ts'
import { HistoryFilter, momentOf, type ObservedEvent } from './bayes.ts'
import { type BehaviourProcess, createProcess, normalise, type SimulationParameters } from './process.ts'
import { activityByHour, places } from './smartphone.ts'

/** One row of a simulated log. */
export interface SimulatedRow {
  user: string
  /** Local ISO time without zone. */
  time: string
  behaviour: string
  location: string
}

const secondsPerDay = 86_400
/** A Monday, midnight. */
const firstDay = Date.UTC(2025, 0, 6)

/** Streams of random numbers that are independent of each other: one for the users' shares, and for each user one for times and one for behaviours. */
const stream = { shares: 2, times: 3, behaviours: 4 } as const

/** A whole log, user after user in order of time; bounded memory for any number of users. The same parameters give the same rows. */
export function* simulateLog(parameters: SimulationParameters): IterableIterator<SimulatedRow> {
  const process = createProcess(parameters)
  const digits = String(parameters.users).length
  let user = 0
  for (const events of simulateUsers(process)) {
    const name = `user ${String(++user).padStart(digits, '0')}`
    for (const { behaviour, place, time } of events) {
      yield {
        user: name,
        time: formatLocalTime(time),
        behaviour: process.behaviours[behaviour],
        location: places[place],
      }
    }
  }
}

/** Every user's events. A user without any is an empty list. */
export function* simulateUsers(process: BehaviourProcess): IterableIterator<ObservedEvent[]> {
  const { users, seed } = process.parameters
  const counts = eventsPerUser(process.parameters)
  for (let user = 0; user < users; user++) {
    const times = drawTimes(counts[user], process.parameters.days, new Random(seed, stream.times, user))
    yield drawEvents(process, times, new Random(seed, stream.behaviours, user))
  }
}

/** Some use their phones much more than others (log-normal); the counts add up to all events. */
function eventsPerUser({ events, users, seed }: SimulationParameters): number[] {
  const random = new Random(seed, stream.shares)
  const shares = normalise(Float64Array.from({ length: users }, () => Math.exp(0.8 * random.normal())))
  let cumulative = 0
  let given = 0
  return Array.from(shares, (share, user) => {
    cumulative += share
    const upTo = user === users - 1 ? events : Math.round(cumulative * events)
    const count = upTo - given
    given = upTo
    return count
  })
}

/** Times of one user's events: sessions that start by the rhythm of day and week, shifted for early and late risers, of about six events. Milliseconds, ascending. */
function drawTimes(count: number, days: number, random: Random): number[] {
  const hours = activityByHour.map((activity) => normalise(Float64Array.from(activity)))
  const shift = Math.round(3600 * 1.2 * random.normal())
  const seconds: number[] = []
  while (seconds.length < count) {
    const day = random.integer(days)
    const hour = random.choose(hours[day % 7 >= 5 ? 1 : 0])
    let second = day * secondsPerDay + hour * 3600 + random.integer(3600) + shift
    do {
      seconds.push(second)
      second += 1 + Math.floor(-45 * Math.log(1 - random.uniform()))
    } while (seconds.length < count && random.uniform() < 5 / 6)
  }
  seconds.sort((a, b) => a - b)
  // Sessions may overlap; no two events of a user share a second.
  for (let index = 1; index < count; index++) seconds[index] = Math.max(seconds[index], seconds[index - 1] + 1)
  return seconds.map((second) => firstDay + 1000 * second)
}

function drawEvents(process: BehaviourProcess, times: readonly number[], random: Random): ObservedEvent[] {
  const persona = random.choose(process.personaShares)
  const onlyPersona = Float64Array.from(process.personaShares, (_, index) => (index === persona ? 1 : 0))
  const filter = new HistoryFilter(process, onlyPersona)
  const probabilities = new Float64Array(process.behaviours.length)
  let place = 0
  return times.map((time) => {
    filter.predict(time, probabilities)
    const behaviour = random.choose(probabilities)
    const { dayPart, weekend } = momentOf(time)
    place = random.choose(process.placeChoice(behaviour, dayPart, weekend, place))
    const event = { behaviour, place, time }
    filter.observe(event)
    return event
  })
}

const rowsPerWrite = 4096

/**
 * Writes a simulated log as CSV with the columns user, time, event, location. The file appears complete or not at all.
 * @throws WorkbenchError `storage` when the disk refuses, `cancelled`.
 */
export async function writeSimulatedLog(
  path: string,
  parameters: SimulationParameters,
  context: JobContext = silentContext,
): Promise<void> {
  await writeFileAtomic(path, async (temporary) => {
    const file = createWriteStream(temporary, { flags: 'wx' })
    // Errors surface in `finished`; `once` below would miss one that comes between two waits.
    const closed = finished(file)
    closed.catch(() => {})
    try {
      for (const text of csvBlocks(parameters, context)) {
        if (!file.write(text)) await Promise.race([once(file, 'drain'), closed])
        throwIfCancelled(context.signal)
      }
    } finally {
      file.end()
    }
    await closed
  })
}

function* csvBlocks(parameters: SimulationParameters, context: JobContext): IterableIterator<string> {
  let text = 'user,time,event,location\n'
  let done = 0
  for (const { user, time, behaviour, location } of simulateLog(parameters)) {
    text += `${user},${time},${behaviour},${location}\n`
    if (++done % rowsPerWrite !== 0) continue
    yield text
    context.report({ stage: phrase`simulating a log`, done, total: parameters.events, unit: 'events' })
    text = ''
  }
  yield text
}
