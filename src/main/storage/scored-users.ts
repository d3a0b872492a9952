import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import type { FirstBehaviour, ScoredUser, ScoreOrder } from '../../shared/prediction.ts'
import type { ReadDatabase, SqlValue } from './database.ts'

/** Which users of a scoring, and from where on in which order. */
export interface ScoredUsersFilter {
  /** How their names begin. */
  search?: string
  order?: ScoreOrder
  /** Their most probable behaviour. */
  behaviour?: string
  /** Only those that come after this user. */
  after?: string
  limit: number
}

interface Wanted {
  search: string
  order: ScoreOrder
  class?: number
  after?: { user: string; position: number; probability: number }
  limit: number
}

const orders: Record<ScoreOrder, string> = {
  name: 'u.name',
  leastSure: 'f.probability, f.user',
  mostSure: 'f.probability DESC, f.user DESC',
}

const firstOfUser = 'CROSS JOIN scores f ON f.scoring = u.scoring AND f.user = u.position AND f.rank = 1'

/**
 * The query of some users of a scoring. It goes through their names where these are the order or narrow them down, and else through their most probable behaviours: in the index of those, and of one behaviour in
 * the index of its users.
 */
export function scoredUsersQuery(scoring: number, wanted: Wanted): { sql: string; values: SqlValue[] } {
  const { search, order, after, limit } = wanted
  const isByName = order === 'name' && wanted.class === undefined
  const [from, own] = isByName
    ? ['scored_users u', 'u.scoring = ?']
    : search !== ''
      ? [`scored_users u ${firstOfUser}`, 'u.scoring = ?']
      : [
          'scores f CROSS JOIN scored_users u ON u.scoring = f.scoring AND u.position = f.user',
          'f.scoring = ? AND f.rank = 1',
        ]
  const conditions: [string, ...SqlValue[]][] = [[own, scoring]]
  // No character comes after the last one of Unicode.
  if (search !== '') conditions.push(['u.name >= ? AND u.name < ?', search, `${search}\u{10FFFF}`])
  if (wanted.class !== undefined) conditions.push(['f.class = ?', wanted.class])
  if (after !== undefined) conditions.push(comesAfter(order, after))
  const where = conditions.map(([sql]) => sql).join(' AND ')
  return {
    sql: `SELECT u.position, u.name AS user, u.events FROM ${from} WHERE ${where} ORDER BY ${orders[order]} LIMIT ?`,
    values: [...conditions.flatMap(([, ...values]) => values), limit],
  }
}

function comesAfter(order: ScoreOrder, after: NonNullable<Wanted['after']>): [string, ...SqlValue[]] {
  if (order === 'name') return ['u.name > ?', after.user]
  return [`(f.probability, f.user) ${order === 'leastSure' ? '>' : '<'} (?, ?)`, after.probability, after.position]
}

/**
 * Users of a scoring with their scores.
 *
 * @throws WorkbenchError `not-found` where the user to go on after is not among them
 */
export function scoredUsers(
  database: ReadDatabase,
  scoring: number,
  { search = '', order = 'name', behaviour, after, limit }: ScoredUsersFilter,
): ScoredUser[] {
  const found = behaviour === undefined ? undefined : findClass(database, scoring, behaviour)
  if (behaviour !== undefined && found === undefined) return []
  const { sql, values } = scoredUsersQuery(scoring, {
    search,
    order,
    class: found,
    after: after === undefined ? undefined : placeOf(database, scoring, after),
    limit,
  })
  const users = database.query<{ position: number; user: string; events: number }>(sql).all(...values)
  const read = scoreReader(database, scoring)
  return users.map(({ position, user, events }) => ({ user, events, ...read(position) }))
}

function findClass(database: ReadDatabase, scoring: number, behaviour: string): number | undefined {
  return database
    .query<{ class: number }>('SELECT class FROM scored_behaviours WHERE scoring = ? AND name = ?')
    .get(scoring, behaviour)?.class
}

function placeOf(database: ReadDatabase, scoring: number, user: string): NonNullable<Wanted['after']> {
  const place = database
    .query<{ position: number; probability: number }>(
      `SELECT u.position, f.probability FROM scored_users u ${firstOfUser} WHERE u.scoring = ? AND u.name = ?`,
    )
    .get(scoring, user)
  if (place !== undefined) return { user, ...place }
  throw new WorkbenchError(
    'not-found',
    phrase`User ${user} is not among the scored users any more.`,
    phrase`Read them from the beginning: they were scored anew.`,
  )
}

/** Reads what is stored of the user at a position. */
function scoreReader(
  database: ReadDatabase,
  scoring: number,
): (position: number) => Omit<ScoredUser, 'user' | 'events'> {
  const scores = database.query<{ behaviour: string; probability: number }>(
    `SELECT b.name AS behaviour, s.probability FROM scores s
     CROSS JOIN scored_behaviours b ON b.scoring = s.scoring AND b.class = s.class
     WHERE s.scoring = ? AND s.user = ? ORDER BY s.rank`,
  )
  const heads = database.query<{ value: string; probability: number }>(
    'SELECT value, probability FROM scored_heads WHERE scoring = ? AND user = ? AND head = ?',
  )
  return (position) => {
    const location = heads.get(scoring, position, 'location')
    const gap = heads.get(scoring, position, 'gap')
    return {
      predictions: scores.all(scoring, position),
      location: location === undefined ? null : { name: location.value || null, probability: location.probability },
      gap: gap === undefined ? null : { bucket: Number(gap.value), probability: gap.probability },
    }
  }
}

/** The query of the behaviours that are the most probable one of somebody. */
export const firstBehavioursSql = `SELECT b.name AS behaviour, c.users
FROM (SELECT scoring, class, count(*) AS users FROM scores WHERE scoring = ? AND rank = 1 GROUP BY scoring, class) c
CROSS JOIN scored_behaviours b ON b.scoring = c.scoring AND b.class = c.class ORDER BY c.users DESC, b.name`

/** The behaviours that are the most probable one of somebody, with how many users, those of most users first. */
export function firstBehaviours(database: ReadDatabase, scoring: number): FirstBehaviour[] {
  return database.query<FirstBehaviour>(firstBehavioursSql).all(scoring)
}
