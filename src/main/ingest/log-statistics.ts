import { type GroupRule, groupRules } from '../../shared/configuration.ts'
import type { GroupShare, LogStatistics } from '../../shared/logs.ts'
import { type GroupName, giniCoefficient, groupClasses, groupNames, topShare } from '../../shared/long-tail.ts'
import { readySources, resolveSources } from '../storage/sources.ts'
import { behaviourCounts, hourMatrix, locationCounts, userHistogram } from '../storage/tallies.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'

/**
 * Statistics of the given sources, all when none is named. Works on tallies, so that it takes the same time for a thousand events and a hundred million.
 * @throws WorkbenchError `not-found` for an unknown source.
 */
export function logStatistics(workspace: ReadWorkspace, namesOrIds: readonly string[] = []): LogStatistics {
  return workspace.database.snapshot(() => {
    const { database } = workspace
    const sources = namesOrIds.length > 0 ? resolveSources(database, namesOrIds) : readySources(database)
    const rankFrequency = behaviourCounts(database, sources)
    const counts = rankFrequency.map(({ events }) => events)
    const places = locationCounts(database, sources)
    const users = userHistogram(database, sources)
    return {
      sources,
      simulated: sources.some(({ simulated }) => simulated),
      events: total(sources.map(({ events }) => events)),
      duplicates: total(sources.map(({ duplicates }) => duplicates)),
      rejected: total(sources.map(({ rejected }) => rejected)),
      users: total(users.map((bin) => bin.users)),
      behaviours: rankFrequency.length,
      locations: places.filter(({ id }) => id !== 0).length,
      eventsWithoutLocation: places.find(({ id }) => id === 0)?.events ?? 0,
      firstTime: extreme(
        sources.map(({ firstTime }) => firstTime),
        Math.min,
      ),
      lastTime: extreme(
        sources.map(({ lastTime }) => lastTime),
        Math.max,
      ),
      eventsPerUser: describeUsers(users),
      rankFrequency,
      gini: giniCoefficient(counts),
      topFifthShare: topShare(counts),
      groups: Object.fromEntries(
        groupRules.map((rule) => [rule, groupShares(counts, rule)]),
      ) as LogStatistics['groups'],
      hours: hourMatrix(database, sources),
    }
  })
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)

function extreme(times: readonly (number | null)[], choose: (...values: number[]) => number): string | null {
  const given = times.filter((time) => time !== null)
  return given.length === 0 ? null : new Date(choose(...given)).toISOString().slice(0, -1)
}

/** From how many users have how many events, ascending; the median is the lower one of an even number of users. */
function describeUsers(histogram: readonly { events: number; users: number }[]): LogStatistics['eventsPerUser'] {
  if (histogram.length === 0) return { minimum: 0, median: 0, mean: 0, maximum: 0 }
  const users = total(histogram.map((bin) => bin.users))
  let below = 0
  const median = histogram.find((bin) => {
    below += bin.users
    return 2 * below >= users
  })
  return {
    minimum: histogram[0].events,
    median: median?.events ?? 0,
    mean: total(histogram.map((bin) => bin.users * bin.events)) / users,
    maximum: histogram[histogram.length - 1].events,
  }
}

function groupShares(counts: readonly number[], rule: GroupRule): Record<GroupName, GroupShare> {
  const groups = groupClasses(counts, rule)
  const all = total(counts)
  const shares = groupNames.map((name, code) => {
    const own = counts.filter((_, index) => groups[index] === code)
    return [name, { behaviours: own.length, events: total(own), share: all === 0 ? 0 : total(own) / all }]
  })
  return Object.fromEntries(shares) as Record<GroupName, GroupShare>
}
