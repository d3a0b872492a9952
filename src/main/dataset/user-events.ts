import { lowerBound } from './open.ts'
import { type Dataset, type Split, splitCode } from './types.ts'

/** Where each user's periods begin and end. A user's events are in order of time, so each period is one stretch of them. */
export interface UserEvents {
  readonly users: number
  /** First event of a user. */
  start(user: number): number
  /** The end of all events of a user. */
  end(user: number): number
  /** The user's targets in a split, as a stretch of events; empty when first >= end. The user's first event is never one. */
  targets(user: number, split: Split): { first: number; end: number }
}

const known = new WeakMap<Dataset, UserEvents>()

/** Worked out once per dataset; 16 bytes per user. */
export function userEvents(dataset: Dataset): UserEvents {
  const existing = known.get(dataset)
  if (existing !== undefined) return existing
  const made = findPeriods(dataset)
  known.set(dataset, made)
  return made
}

function findPeriods({ userOffsets, columns: { split } }: Dataset): UserEvents {
  const users = userOffsets.length - 1
  const validFrom = new Float64Array(users)
  const testFrom = new Float64Array(users)
  for (let user = 0; user < users; user++) {
    validFrom[user] = lowerBound(split, splitCode.valid, userOffsets[user], userOffsets[user + 1])
    testFrom[user] = lowerBound(split, splitCode.test, validFrom[user], userOffsets[user + 1])
  }
  const periodOf = (user: number, period: Split): [number, number] => {
    if (period === 'train') return [userOffsets[user], validFrom[user]]
    return period === 'valid' ? [validFrom[user], testFrom[user]] : [testFrom[user], userOffsets[user + 1]]
  }
  return {
    users,
    start: (user) => userOffsets[user],
    end: (user) => userOffsets[user + 1],
    targets(user, period) {
      const [first, end] = periodOf(user, period)
      return { first: Math.max(first, userOffsets[user] + 1), end }
    },
  }
}
