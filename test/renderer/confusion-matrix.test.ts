import { expect, test } from 'vitest'
import { matrixCells } from '../../src/renderer/views/runs/confusion-matrix.ts'

test('a matrix of confusions has a cell for every pair of its behaviours, and nothing in those that never occur', () => {
  const cells: [number, number, number, number][] = [
    [0, 0, 3, 0.75],
    [1, 0, 2, 1],
  ]
  expect(matrixCells({ classes: ['walk', 'run'], cells })).toEqual([
    [0, 0, 0.75, 3],
    [1, 0, 0, 0],
    [0, 1, 1, 2],
    [1, 1, 0, 0],
  ])
  expect(matrixCells({ classes: [], cells: [] })).toEqual([])
})
