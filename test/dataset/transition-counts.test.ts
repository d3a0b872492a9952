import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countTransitions } from '../../src/main/dataset/transition-counts.ts'
import { type Dataset, splitCode } from '../../src/main/dataset/types.ts'
import { arbitraryDataset, memoryDataset } from './memory-dataset.ts'

/** The counts as a list of [behaviour, its successor, count], in order. */
function listed(dataset: Dataset): number[][] {
  const { offsets, successors, counts } = countTransitions(dataset)
  return Array.from(successors, (successor, entry) => {
    const row = offsets.findLastIndex((first) => first <= entry)
    return [row, successor, counts[entry]]
  })
}

test('they count, of every training target, the behaviour before it and its own', () => {
  fc.assert(
    fc.property(arbitraryDataset(), (dataset) => {
      const { behaviour, split } = dataset.columns
      const expected = new Map<string, number>()
      for (let user = 0; user < dataset.users.length; user++) {
        for (let event = dataset.userOffsets[user] + 1; event < dataset.userOffsets[user + 1]; event++) {
          if (split[event] !== splitCode.train) continue
          const key = [behaviour[event - 1], behaviour[event]].join()
          expected.set(key, (expected.get(key) ?? 0) + 1)
        }
      }
      const found = listed(dataset)
      expect(new Map(found.map(([row, successor, count]) => [`${row},${successor}`, count]))).toEqual(expected)
      expect(found).toHaveLength(expected.size)
    }),
  )
})

test('the successors of a behaviour are in order, and rows without any are empty', () => {
  const dataset = memoryDataset([{ behaviours: [2, 1, 2, 0, 2, 1], train: 6, valid: 0 }], 4)
  expect(listed(dataset)).toEqual([
    [0, 2, 1],
    [1, 2, 1],
    [2, 0, 1],
    [2, 1, 2],
  ])
  expect([...countTransitions(dataset).offsets]).toEqual([0, 1, 2, 4, 4, 4])
})

test('nothing of the validation and test period is in them, nor the way into it', () => {
  fc.assert(
    fc.property(arbitraryDataset(), fc.nat(3), (dataset, other) => {
      const { columns } = dataset
      const later = columns.behaviour.map((id, event) => (columns.split[event] === splitCode.train ? id : other))
      expect(countTransitions({ ...dataset, columns: { ...columns, behaviour: later } })).toEqual(
        countTransitions(dataset),
      )
    }),
  )
})

test('the last event of a user does not lead to the first of the next', () => {
  const users = [
    { behaviours: [0, 1], train: 2, valid: 0 },
    { behaviours: [2, 3], train: 2, valid: 0 },
  ]
  expect(listed(memoryDataset(users, 4))).toEqual([
    [0, 1, 1],
    [2, 3, 1],
  ])
})
