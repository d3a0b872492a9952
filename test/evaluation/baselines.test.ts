import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Split } from '../../src/main/dataset/types.ts'
import { baselinePredictions } from '../../src/main/evaluation/baselines.ts'
import type { Predictions } from '../../src/main/evaluation/predictions.ts'
import { type FakeEvent, fakeDataset } from './fake-dataset.ts'

const classes = 4
const split = fc.constantFrom<Split>('train', 'valid', 'test')
const histories = fc.array(
  fc.array(fc.tuple(fc.integer({ min: 0, max: classes }), split), { minLength: 1, maxLength: 12 }).map((events) =>
    // A behaviour unseen in training cannot lie in the training period; periods follow each other.
    events
      .sort((a, b) => ['train', 'valid', 'test'].indexOf(a[1]) - ['train', 'valid', 'test'].indexOf(b[1]))
      .map(([id, period]): FakeEvent => [period === 'train' ? id % classes : id, period]),
  ),
  { minLength: 1, maxLength: 6 },
)

function targetsOf(users: readonly (readonly FakeEvent[])[]): Predictions {
  const rows = users.flatMap((events, user) => {
    const before = users.slice(0, user).flat().length
    return events.flatMap(([id, period], index) =>
      index > 0 && period === 'test' ? [{ user, event: before + index, target: id }] : [],
    )
  })
  return {
    classes,
    user: Int32Array.from(rows, (row) => row.user),
    event: Int32Array.from(rows, (row) => row.event),
    target: Int32Array.from(rows, (row) => row.target),
    predicted: new Int32Array(rows.length),
  }
}

/** All ids by decreasing votes, of equal ones the lower first. */
function ranking(votes: readonly number[]): number[] {
  const count = (id: number) => votes.filter((vote) => vote === id).length
  return Array.from({ length: classes }, (_, id) => id).sort((a, b) => count(b) - count(a) || a - b)
}

/** The id with the most votes, ties by the lower id, 0 without votes. */
function winner(votes: readonly number[]): number {
  const counts = Array.from({ length: classes }, (_, id) => votes.filter((vote) => vote === id).length)
  return counts.indexOf(Math.max(...counts))
}

describe('trivial baselines', () => {
  it('agree with a naive look through the history before each target', () => {
    fc.assert(
      fc.property(histories, (users) => {
        const targets = targetsOf(users)
        const found = baselinePredictions(fakeDataset(classes, users), targets)
        const expected = Array.from(targets.event.keys(), (row) => {
          const user = targets.user[row]
          const index = targets.event[row] - users.slice(0, user).flat().length
          const before = users[user].slice(0, index).map(([id]) => id)
          const known = before.filter((id) => id < classes)
          const successors = users.flatMap((events) =>
            events.flatMap(([id, period], place) =>
              place > 0 && period === 'train' && events[place - 1][0] === before[index - 1] ? [id] : [],
            ),
          )
          return [0, known[known.length - 1] ?? 0, winner(successors), winner(known)]
        })
        expect(
          Array.from(targets.event.keys(), (row) => [
            found.mostFrequent.predicted[row],
            found.repeatLast.predicted[row],
            found.markov.predicted[row],
            found.userMostFrequent.predicted[row],
          ]),
        ).toEqual(expected)
      }),
    )
  })

  it('rank every class by their counts and the rest by training frequency, as a naive sort does; repeating the last one ranks nothing', () => {
    fc.assert(
      fc.property(histories, (users) => {
        const targets = targetsOf(users)
        const found = baselinePredictions(fakeDataset(classes, users), targets)
        for (const [row, target] of targets.target.entries()) {
          const user = targets.user[row]
          const before = users[user].slice(0, targets.event[row] - users.slice(0, user).flat().length).map(([id]) => id)
          const successors = users.flatMap((events) =>
            events.flatMap(([id, period], place) =>
              place > 0 && period === 'train' && events[place - 1][0] === before.at(-1) ? [id] : [],
            ),
          )
          const orders = { mostFrequent: ranking([]), markov: ranking(successors), userMostFrequent: ranking(before) }
          for (const [name, order] of Object.entries(orders) as [keyof typeof orders, number[]][]) {
            expect(found[name].rank[row], name).toBe(target === classes ? 0 : order.indexOf(target) + 1)
            expect(found[name].predicted[row], name).toBe(order[0])
          }
        }
        expect(found.repeatLast).not.toHaveProperty('rank')
      }),
    )
  })

  it('learn nothing from the test period: changing later events changes no prediction for an earlier target', () => {
    const history: FakeEvent[] = [
      [1, 'train'],
      [2, 'train'],
      [1, 'train'],
      [3, 'test'],
      [3, 'test'],
    ]
    const changed: FakeEvent[] = [...history.slice(0, 4), [0, 'test']]
    const first = (events: FakeEvent[]) => {
      const found = baselinePredictions(fakeDataset(classes, [events]), targetsOf([events]))
      return Object.values(found).map((baseline) => baseline.predicted[0])
    }
    expect(first(changed)).toEqual(first(history))
    expect(first(history)).toEqual([0, 1, 2, 1])
  })
})
