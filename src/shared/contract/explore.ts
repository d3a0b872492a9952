import { z } from 'zod'
import type {
  Activity,
  BehaviourProfile,
  EventAnchors,
  EventTableRow,
  LogOverview,
  NamePage,
  UserCounts,
  UserEvents,
} from '../explore.ts'
import { sourceNames } from '../logs.ts'
import { request } from './leaf.ts'

const name = z.string().min(1).max(1000)
const integer = z.int()

export const eventKey = z.strictObject({ user: integer, instant: integer, source: integer, tie: integer })

/** At most this many lines can be told apart in one chart. */
export const mostSeries = 12

/** Of which the table of events is: of some sources, of one user where one is named. */
export const tableOptions = sourceNames.extend({ user: name.nullable().default(null) })

export const explore = {
  /** Statistics of some sources and the data of their charts. */
  overview: request<LogOverview>()(sourceNames),
  /** Users or behaviours whose name starts with or holds a text. */
  searchNames: request<NamePage>()(
    sourceNames.extend({
      kind: z.enum(['users', 'behaviours']),
      text: z.string().max(1000),
      /** `anywhere` ignores the case of ASCII letters. */
      match: z.enum(['start', 'anywhere']),
      /** `fit`: the text itself, then names that start with it, then those with most events; all of them in one answer. */
      order: z.enum(['name', 'fit']).default('name'),
      after: z.string().nullable().default(null),
      limit: z.int().min(1).max(500).default(100),
    }),
  ),
  /** Events over time and by hour of the week; of all behaviours together when none is named. */
  activity: request<Activity>()(
    sourceNames.extend({
      behaviours: z.array(name).max(mostSeries).default([]),
      bin: z.enum(['day', 'week']).default('day'),
    }),
  ),
  /** A user's events in a stretch of local time; thinned out evenly over the stretch where there are more than `limit`. */
  userEvents: request<UserEvents>()(
    sourceNames.extend({
      user: name,
      /** Local wall-clock milliseconds; from this one on and before that one. */
      from: integer.nullable().default(null),
      until: integer.nullable().default(null),
      /** Only these; all when empty. */
      behaviours: z.array(name).max(100).default([]),
      limit: z.int().min(100).max(10_000).default(5_000),
    }),
  ),
  /** What a user does and where, counted over all of the user's events. */
  userCounts: request<UserCounts>()(sourceNames.extend({ user: name })),
  /** Who does a behaviour, and what comes before and after it; reads all events. */
  behaviour: request<BehaviourProfile>()(sourceNames.extend({ behaviour: name })),
  /** Starting points for reading the table of events anywhere, or its stretch of one user. */
  eventAnchors: request<EventAnchors>()(tableOptions),
  /** Rows of the table of events, `skip` rows behind a key; from the first one when there is none. */
  events: request<EventTableRow[]>()(
    sourceNames.extend({
      after: eventKey.nullable(),
      skip: z.int().min(0).max(1_000_000).default(0),
      limit: z.int().min(1).max(1000).default(200),
    }),
  ),
}
