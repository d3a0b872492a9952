import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitBoundaries } from '../../src/main/dataset/boundaries.ts'

const shares = { train: 0.8, valid: 0.1 }

function boundariesOf(times: number[]) {
  const range = { count: times.length, first: Math.min(...times), last: Math.max(...times) }
  return splitBoundaries(() => [Float64Array.from(times)], range, shares)
}

test('without ties, each period gets exactly its share', () => {
  const distinct = fc.uniqueArray(fc.integer({ min: -62e12, max: 253e12 }), { minLength: 10, maxLength: 300 })
  fc.assert(
    fc.property(distinct, (times) => {
      const { valid, test } = boundariesOf(times)
      expect(times.filter((time) => time < valid)).toHaveLength(Math.round(0.8 * times.length))
      expect(times.filter((time) => time < test)).toHaveLength(Math.round(0.9 * times.length))
    }),
  )
})

test('with ties, no other boundary comes nearer to the share', () => {
  const tied = fc.array(fc.nat(6), { minLength: 10, maxLength: 200 }).filter((times) => new Set(times).size >= 3)
  fc.assert(
    fc.property(tied, (times) => {
      const { valid } = boundariesOf(times)
      const wanted = Math.round(0.8 * times.length)
      const distance = (boundary: number) => Math.abs(times.filter((time) => time < boundary).length - wanted)
      const possible = [...new Set(times)].filter((time) => time > Math.min(...times))
      expect(distance(valid)).toBe(Math.min(...possible.map(distance)))
    }),
  )
})
