import type { GroupRule } from './configuration.ts'
import type { LogStatistics, NamedCount } from './logs.ts'
import type { GroupName } from './long-tail.ts'
import type { TimelineEvent } from './sequence.ts'

/** A behaviour's place among all, the most frequent first. */
export interface RankedBehaviour extends NamedCount {
  /** From 1. */
  rank: number
}

/** What the page of the logs' statistics shows at first: the same however large the logs are, downsampled where a picture needs no more. */
export interface LogOverview extends Omit<LogStatistics, 'rankFrequency'> {
  /** The most frequent behaviours, by rank; all of them up to some thousand. */
  topBehaviours: RankedBehaviour[]
  /** Points of the rank-frequency line that keep its look on log axes, by rank. */
  curve: RankedBehaviour[]
  /** Lorenz curve: share of the behaviours, the rarest first, and the share of events on them; from (0, 0) to (1, 1). */
  lorenz: [behaviours: number, events: number][]
  /** The users with most events. */
  topUsers: NamedCount[]
}

/** Group of a rank from 1, under a rule: the groups are stretches of ranks, because every rule goes by frequency. */
export function groupOfRank(groups: LogStatistics['groups'], rule: GroupRule, rank: number): GroupName {
  const { head, middle } = groups[rule]
  if (rank <= head.behaviours) return 'head'
  return rank <= head.behaviours + middle.behaviours ? 'middle' : 'tail'
}

/** Names found, in their own order, and where to go on. */
export interface NamePage {
  names: NamedCount[]
  /** Pass as `after` for more; null at the end. A page may hold fewer names than asked for, even none, and yet not be the last. */
  next: string | null
}

/** Events over time. */
export interface ActivitySeries {
  /** Null for all behaviours together. */
  behaviour: string | null
  /**
   * Local start of each bin that holds events (milliseconds since 1970, read as UTC) and how many; of a stretch without events its first and its last bin, with 0.
   * All lines of an answer begin and end with the same bin.
   */
  points: [time: number, events: number][]
}

export interface Activity {
  series: ActivitySeries[]
  /** Whether points were left out that a picture does not need. */
  downsampled: boolean
  /** Events of these behaviours together by local hour: [7 weekdays from Monday][24 hours]. */
  hours: number[][]
}

/** Some of a user's events. */
export interface UserEvents {
  user: string
  /** All events of the user in these sources, whatever the range and filter. */
  total: number
  /** Local wall-clock milliseconds of the user's first and last event. */
  firstTime: number
  lastTime: number
  events: TimelineEvent[]
  /** Null when `events` are all in the range; else the first `sampledEach` events at most were taken from each stretch of this many milliseconds. */
  sampledEvery: number | null
  sampledEach: number | null
}

/** How often a user's behaviours and places come among all of the user's events, the most frequent first. */
export interface UserCounts {
  user: string
  behaviours: { name: string; events: number }[]
  /** Null is "none given". */
  places: { name: string | null; events: number }[]
}

/** An event's place in the order user, instant, source, tie. */
export interface EventKey {
  user: number
  /** UTC milliseconds. */
  instant: number
  source: number
  tie: number
}

/** Where to start reading to reach a position: every event behind `after` has this position or a later one. */
export interface EventAnchor {
  position: number
  after: EventKey
}

export interface EventAnchors {
  total: number
  anchors: EventAnchor[]
}

/** An event as a row of a table. */
export interface EventTableRow {
  key: EventKey
  user: string
  /** Local wall-clock milliseconds. */
  time: number
  behaviour: string
  location: string | null
  source: string
}

/** A name with how often it comes, and its share of those looked at. */
export interface NamedShare {
  name: string
  events: number
  share: number
}

/** Who does a behaviour, where, and what comes before and after it. */
export interface BehaviourProfile {
  name: string
  events: number
  /** From 1. */
  rank: number
  /** Users who do it, and all. */
  users: number
  allUsers: number
  topUsers: NamedCount[]
  /** Places of its events; null is "none given". */
  places: { name: string | null; events: number }[]
  /** Behaviours right before and after it, of the same user, the most frequent first. */
  before: NamedShare[]
  after: NamedShare[]
  /** Occurrences whose neighbours were looked at: all, or evenly spread ones. */
  sampled: number
}
