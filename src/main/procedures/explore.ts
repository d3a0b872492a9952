import { withZeros } from '../../shared/activity-line.ts'
import { explore as contract } from '../../shared/contract/explore.ts'
import { largestTriangles } from '../../shared/downsample.ts'
import type { ActivitySeries, EventTableRow, UserEvents } from '../../shared/explore.ts'
import type { Source } from '../../shared/logs.ts'
import { findEventAnchors } from '../ingest/event-anchors.ts'
import { knownId, unknownName } from '../ingest/known-id.ts'
import { logOverview } from '../ingest/log-overview.ts'
import { countUser } from '../ingest/user-counts.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { highestId, noLocation, rememberNames } from '../storage/dictionaries.ts'
import { allDays, behaviourDays, behaviourHours, type DayCount } from '../storage/explore-activity.ts'
import { eventTable, userEvents as readUserEvents, sampleUserEvents, userExtent } from '../storage/explore-events.ts'
import { searchNames as findNames, userTotal } from '../storage/explore-names.ts'
import { readySources, resolveSources } from '../storage/sources.ts'
import { hourMatrix } from '../storage/tallies.ts'
import { type Host, procedure } from './procedure.ts'

const day = 86_400_000
/** Points of one line that a chart gets. */
const mostPoints = 4_000

/** Up to so many names the tallies are read in some milliseconds, and starting a process would take longer than the work. */
const fewNames = 10_000

const isSmall = (host: Host) =>
  host.read(({ database }) => highestId(database, 'users') + highestId(database, 'behaviours') <= fewNames)

export const overview = procedure(contract.overview, (host, input, context) =>
  isSmall(host)
    ? host.read((workspace) => logOverview(workspace, input.sources))
    : host.run('log-overview', input, context),
)

export const searchNames = procedure(contract.searchNames, (host, { sources, ...search }) =>
  host.read(({ database }) => findNames(database, sourcesOf(database, sources), search)),
)

export const activity = procedure(contract.activity, (host, { sources: names, behaviours, bin }) =>
  host.read(({ database }) => {
    const sources = sourcesOf(database, names)
    const ids = behaviours.map((name) => knownId(database, 'behaviours', name))
    const lines =
      ids.length === 0 ? [allDays(database, sources)] : ids.map((id) => behaviourDays(database, sources, id))
    const binned = lines.map((days) => (bin === 'week' ? weeks(days) : days))
    const numbers = binned.flatMap((days) => [days[0], days[days.length - 1]].flatMap((bin) => (bin ? [bin[0]] : [])))
    const extent = { from: Math.min(...numbers), until: Math.max(...numbers) }
    // All lines over the same stretch, also one whose first event comes late.
    const drawn = numbers.length === 0 ? binned : binned.map((days) => withZeros(days, bin === 'week' ? 7 : 1, extent))
    return {
      series: drawn.map((days, index) => toSeries(behaviours[index] ?? null, days)),
      downsampled: drawn.some(({ length }) => length > mostPoints),
      hours: ids.length === 0 ? hourMatrix(database, sources) : behaviourHours(database, sources, ids),
    }
  }),
)

export const userEvents = procedure(
  contract.userEvents,
  (host, input): UserEvents =>
    host.read(({ database }) => {
      const sources = sourcesOf(database, input.sources)
      const user = knownId(database, 'users', input.user)
      const extent = userExtent(database, sources, user)
      if (extent === undefined) throw unknownName('users', input.user)
      const range = {
        user,
        from: input.from ?? extent.firstTime,
        until: input.until ?? extent.lastTime + 1,
        behaviours: input.behaviours.map((name) => knownId(database, 'behaviours', name)),
      }
      const all = readUserEvents(database, sources, range, input.limit + 1)
      const isAll = all.length <= input.limit
      const { rows, each, every } = isAll
        ? { rows: all, each: null, every: null }
        : sampleUserEvents(database, sources, range, input.limit)
      const names = rememberNames(database)
      return {
        user: input.user,
        total: userTotal(database, sources, user),
        ...extent,
        events: rows.map(([time, behaviour, location]) => ({
          time,
          behaviour: names('behaviours', behaviour),
          location: location === noLocation ? null : names('locations', location),
        })),
        sampledEvery: every,
        sampledEach: each,
      }
    }),
)

/** So many events are counted in some tens of milliseconds. */
const fewEvents = 20_000

export const userCounts = procedure(contract.userCounts, (host, input, context) => {
  const total = host.read(({ database }) =>
    userTotal(database, sourcesOf(database, input.sources), knownId(database, 'users', input.user)),
  )
  return total <= fewEvents
    ? host.read((workspace) => countUser(workspace, input))
    : host.run('user-counts', input, context)
})

export const behaviour = procedure(contract.behaviour, (host, input, context) =>
  host.run('behaviour-profile', input, context),
)

export const eventAnchors = procedure(contract.eventAnchors, (host, input, context) =>
  isSmall(host)
    ? host.read((workspace) => findEventAnchors(workspace, input))
    : host.run('event-anchors', input, context),
)

export const events = procedure(contract.events, (host, { sources: chosen, after, skip, limit }): EventTableRow[] =>
  host.read(({ database }) => {
    const sources = sourcesOf(database, chosen)
    const names = rememberNames(database)
    const sourceNames = new Map(sources.map(({ id, name }) => [id, name]))
    return eventTable(database, sources, after, skip, limit).map(
      ([user, instant, source, tie, behaviour, location, offset]) => ({
        key: { user, instant, source, tie },
        user: names('users', user),
        time: instant + 60_000 * offset,
        behaviour: names('behaviours', behaviour),
        location: location === noLocation ? null : names('locations', location),
        source: sourceNames.get(source)!,
      }),
    )
  }),
)

const sourcesOf = (database: ReadDatabase, names: readonly string[]): Source[] =>
  names.length > 0 ? resolveSources(database, names) : readySources(database)

/** Weeks from Monday by their first day; 1970-01-01 was a Thursday. */
function weeks(days: readonly DayCount[]): DayCount[] {
  const sums = new Map<number, number>()
  for (const [number, events] of days) {
    const monday = 7 * Math.floor((number + 3) / 7) - 3
    sums.set(monday, (sums.get(monday) ?? 0) + events)
  }
  return [...sums]
}

function toSeries(behaviour: string | null, days: readonly DayCount[]): ActivitySeries {
  const kept = largestTriangles(
    days.map(([number]) => number),
    days.map(([, count]) => count),
    mostPoints,
  )
  const shown = new Set([...kept, ...edgesOfGaps(days)])
  const points = days
    .filter((_, index) => shown.has(index))
    .map(([number, events]): [number, number] => [number * day, events])
  return { behaviour, points }
}

/** Indices of the zeros around gaps that are wide enough to be seen, of which a line that is thinned out needs both. */
function edgesOfGaps(line: readonly DayCount[]): number[] {
  const width = (line[line.length - 1]?.[0] ?? 0) - (line[0]?.[0] ?? 0)
  return line.flatMap(([from, events], index) => {
    const [until, after] = line[index + 1] ?? [from, events]
    return events === 0 && after === 0 && until - from > width / 500 ? [index, index + 1] : []
  })
}
