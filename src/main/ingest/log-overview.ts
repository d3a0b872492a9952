import { largestTriangles } from '../../shared/downsample.ts'
import type { LogOverview, RankedBehaviour } from '../../shared/explore.ts'
import { topUsers } from '../storage/explore-names.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import { logStatistics } from './log-statistics.ts'

/** A list on a page holds no more than these; the search finds the others. */
const mostBehaviours = 10_000
const mostUsers = 1_000
/** A line on a screen needs no more points. */
const mostPoints = 2_000

/**
 * Statistics of the given sources, all when none is named, with the data of their charts.
 * @throws WorkbenchError `not-found` for an unknown source.
 */
export function logOverview(workspace: ReadWorkspace, namesOrIds: readonly string[] = []): LogOverview {
  return workspace.database.snapshot(() => {
    const { rankFrequency, ...statistics } = logStatistics(workspace, namesOrIds)
    const ranked = rankFrequency.map((behaviour, index): RankedBehaviour => ({ ...behaviour, rank: index + 1 }))
    const counts = Float64Array.from(ranked, ({ events }) => events)
    return {
      ...statistics,
      topBehaviours: ranked.slice(0, mostBehaviours),
      curve: rankCurve(counts).map((index) => ranked[index]),
      lorenz: lorenzCurve(counts),
      topUsers: topUsers(workspace.database, statistics.sources, mostUsers),
    }
  })
}

/** Indices of the points of the rank-frequency line that keep its look where both axes are logarithmic. */
function rankCurve(counts: Float64Array): number[] {
  return largestTriangles(
    counts.map((_, index) => Math.log(index + 1)),
    counts.map((count) => Math.log(count)),
    mostPoints,
  )
}

/** @param counts descending. */
function lorenzCurve(counts: Float64Array): [number, number][] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return []
  const behaviours = new Float64Array(counts.length + 1)
  const events = new Float64Array(counts.length + 1)
  for (let index = 1; index <= counts.length; index++) {
    behaviours[index] = index / counts.length
    events[index] = events[index - 1] + counts[counts.length - index]
  }
  return largestTriangles(behaviours, events, mostPoints).map((index) => [behaviours[index], events[index] / total])
}
