import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Staging } from '../../src/main/ingest/staging.ts'
import { temporaryFolder } from '../support/folders.ts'

type Row = readonly [user: number, instant: number, behaviour: number, location: number, offset: number]

const { signal } = new AbortController()

async function sort(rows: readonly Row[], rowsOfSort: number): Promise<Row[]> {
  const staging = await Staging.open(temporaryFolder(), { rowsOfSort })
  try {
    for (const row of rows) staging.add(...row)
    const sorted: Row[] = []
    for await (const { count, user, instant, behaviour, location, offset } of staging.sorted(signal)) {
      for (let index = 0; index < count; index++) {
        sorted.push([user[index], instant[index], behaviour[index], location[index], offset[index]])
      }
    }
    return sorted
  } finally {
    staging.close()
  }
}

describe('rows are sorted by user, time and order of arrival', () => {
  const row = fc.tuple(
    fc.integer({ min: 0, max: 12 }),
    fc.integer({ min: -5, max: 5 }),
    fc.nat(9),
    fc.nat(9),
    fc.constantFrom(-60, 0, 330),
  )

  test('in one sort or in many, whatever one user has of them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 300 }), fc.integer({ min: 1, max: 60 }), async (rows, rowsOfSort) => {
        // Array.sort is stable: what ties keeps its order.
        const expected = rows.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])
        expect(await sort(rows, rowsOfSort)).toEqual(expected)
      }),
      { numRuns: 15 },
    )
  })

  test('over more rows than a block has', async () => {
    const rows = Array.from(
      { length: 10_000 },
      (_, index): Row => [(index * 7919) % 97, (index * 31) % 11, index % 5, 0, 0],
    )
    const expected = rows.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])
    for (const rowsOfSort of [10_000, 3_000]) expect(await sort(rows, rowsOfSort)).toEqual(expected)
  })
})
