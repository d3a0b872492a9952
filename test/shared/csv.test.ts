import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toCsv as chartCsv } from '../../src/renderer/charts/csv.ts'
import { csvText, unguarded } from '../../src/shared/csv.ts'
import { csvFields, hostileName, isFormula } from '../support/hostile-texts.ts'

test.each(['=1', '+1', '-1', '@a', '\t=1', '\r=1'])('the field %j starts with an apostrophe', (text) => {
  expect(csvFields(csvText(text))[0]).toBe(`'${text}`)
})

test.each(["o'brien", "'tis", "'", "''a", '1-2', 'a=b', ''])('the field %j is as it was', (text) => {
  expect(csvText(text)).toBe(text)
  expect(unguarded(text)).toBe(text)
})

test('a text that looks guarded already gets one apostrophe more, so that it is not taken for the other one', () => {
  expect(["'=x", "''-5", '=x'].map(csvText)).toEqual(["''=x", "'''-5", "'=x"])
})

test('every text comes back, and a spreadsheet computes none', () => {
  fc.assert(
    fc.property(hostileName, (name) => {
      const [field] = csvFields(csvText(name))
      expect(isFormula(field)).toBe(false)
      expect(unguarded(field)).toBe(name)
    }),
    { numRuns: 2000 },
  )
})

test('numbers are written as numbers, also negative ones', () => {
  expect(chartCsv([['-a', -0.5, -1e-7, null]])).toBe("'-a,-0.5,-1e-7,\r\n")
})
