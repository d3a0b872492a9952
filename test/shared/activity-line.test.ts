import { describe, expect, test } from 'vitest'
import { everyBin, withZeros } from '../../src/shared/activity-line.ts'

describe('a line of counts', () => {
  test('lies at zero from the first to the last bin of every gap, however long it is', () => {
    const line = withZeros(
      [
        [3, 5],
        [4, 2],
        [20_000, 1],
      ],
      1,
      { from: 0, until: 20_001 },
    )
    expect(line).toEqual([
      [0, 0],
      [2, 0],
      [3, 5],
      [4, 2],
      [5, 0],
      [19_999, 0],
      [20_000, 1],
      [20_001, 0],
    ])
  })

  test('has one zero for a gap of one bin, and none where there is no gap', () => {
    expect(
      withZeros(
        [
          [0, 1],
          [14, 1],
          [21, 1],
        ],
        7,
        { from: 0, until: 21 },
      ),
    ).toEqual([
      [0, 1],
      [7, 0],
      [14, 1],
      [21, 1],
    ])
  })

  test('of nothing is zero', () => {
    expect(withZeros([], 1, { from: 5, until: 9 })).toEqual([
      [5, 0],
      [9, 0],
    ])
  })

  test('as a table has every bin once', () => {
    const line = withZeros(
      [
        [1, 5],
        [5, 2],
      ],
      1,
      { from: 0, until: 5 },
    )
    expect(everyBin(line, 1)).toEqual([
      [0, 0],
      [1, 5],
      [2, 0],
      [3, 0],
      [4, 0],
      [5, 2],
    ])
  })
})
