import { array, double, assert as fcAssert, integer, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { largestTriangles } from '../../src/shared/downsample.ts'

describe('a line downsampled by largest triangles', () => {
  test('of few points keeps them all', () => {
    expect(largestTriangles([1, 2, 3], [5, 1, 5], 3)).toEqual([0, 1, 2])
    expect(largestTriangles([], [], 3)).toEqual([])
  })

  test('keeps the ends, ascends, and has as many points as asked for', () => {
    const values = array(double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 4, maxLength: 300 })
    fcAssert(
      property(values, integer({ min: 3, max: 60 }), (y, count) => {
        const kept = largestTriangles(
          y.map((_, index) => index),
          y,
          count,
        )
        expect(kept).toHaveLength(Math.min(count, y.length))
        expect(kept[0]).toBe(0)
        expect(kept[kept.length - 1]).toBe(y.length - 1)
        for (let index = 1; index < kept.length; index++) expect(kept[index]).toBeGreaterThan(kept[index - 1])
      }),
    )
  })

  test('keeps a lone peak and a lone dip of a long flat line', () => {
    const y = new Float64Array(100_000)
    y[31_234] = 1
    y[77_777] = -1
    const kept = largestTriangles(
      y.map((_, index) => index),
      y,
      50,
    )
    expect(kept).toContain(31_234)
    expect(kept).toContain(77_777)
  })

  test('agrees with the algorithm worked out by hand', () => {
    // Buckets {1, 2} and {3, 4}. From (0, 0) towards the mean (3.5, 0) of the next bucket, index 2 spans most; from there towards the last point, index 3.
    expect(largestTriangles([0, 1, 2, 3, 4, 5], [0, 1, 4, -3, 3, 0], 4)).toEqual([0, 2, 3, 5])
  })

  test('refuses to draw a line with fewer points than three', () => {
    expect(() => largestTriangles([1, 2, 3, 4], [1, 2, 3, 4], 2)).toThrow(RangeError)
  })
})
