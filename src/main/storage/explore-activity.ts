import type { Source } from '../../shared/logs.ts'
import type { ReadDatabase } from './database.ts'

/** When things happen, from the tallies of each source: none of these queries touches the events. */

const idList = (sources: readonly Source[]) => sources.map(({ id }) => id).join(', ')

/** Events of one local day: whole days since 1970. */
export type DayCount = readonly [day: number, events: number]

export function daysSql(sources: readonly Source[]): string {
  return `SELECT day, sum(events) FROM source_days WHERE source IN (${idList(sources)}) GROUP BY day ORDER BY day`
}

/** Events of all behaviours by day, ascending, days without events left out. */
export function allDays(database: ReadDatabase, sources: readonly Source[]): DayCount[] {
  return database.queryArrays<DayCount>(daysSql(sources)).all()
}

export function behaviourDaysSql(sources: readonly Source[]): string {
  return `SELECT day, sum(events) FROM source_behaviour_days WHERE source IN (${idList(sources)}) AND behaviour = ? GROUP BY day ORDER BY day`
}

/** Events of one behaviour by day. */
export function behaviourDays(database: ReadDatabase, sources: readonly Source[], behaviour: number): DayCount[] {
  return database.queryArrays<DayCount>(behaviourDaysSql(sources)).all(behaviour)
}

export function behaviourHoursSql(sources: readonly Source[]): string {
  return `SELECT hour, sum(events) FROM source_behaviour_hours WHERE source IN (${idList(sources)}) AND behaviour = ? GROUP BY hour`
}

/** Events of some behaviours together by local hour: [7 weekdays from Monday][24 hours]. */
export function behaviourHours(
  database: ReadDatabase,
  sources: readonly Source[],
  behaviours: readonly number[],
): number[][] {
  const matrix = Array.from({ length: 7 }, () => new Array<number>(24).fill(0))
  const query = database.queryArrays<[number, number]>(behaviourHoursSql(sources))
  for (const behaviour of behaviours) {
    for (const [hour, events] of query.all(behaviour)) matrix[Math.floor(hour / 24)][hour % 24] += events
  }
  return matrix
}
