import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DelimitedReader, dialectOf } from '../../src/main/ingest/delimited.ts'
import { Fields, longestRecord, type RowSink } from '../../src/main/ingest/fields.ts'
import { render } from '../../src/shared/phrase.ts'

/** Reads a text in pieces; a row is its fields joined, a reject its reason, each with its line. */
function read(text: string | Buffer, { columns = 3, chunk = 1 << 20, delimiter = ',', newline = 10 } = {}): string[] {
  const found: string[] = []
  const sink: RowSink = {
    row: (line, fields) =>
      found.push(
        `${line}: ${[0, 1, 2, 3]
          .slice(0, columns)
          .map((field) => fields.text(field))
          .join('|')}`,
      ),
    reject: (line, reason, raw) => found.push(`${line}! ${render(reason)}: ${raw().slice(0, 40)}`),
  }
  const wanted = Array.from({ length: columns }, (_, column) => (column < 4 ? column : -1))
  const reader = new DelimitedReader(dialectOf(delimiter, newline), columns, wanted, sink, new Fields(), 0)
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length; start += chunk) reader.push(bytes.subarray(start, start + chunk))
  reader.end()
  return found
}

test('plain rows, blank lines, and a last line without its end', () => {
  expect(read('a,b,c\n\n1,,3\r\n\r\nx,y,z')).toEqual(['1: a|b|c', '3: 1||3', '5: x|y|z'])
})

test('quotes hold delimiters, quotes and newlines; lines keep counting', () => {
  expect(read('"a,1","say ""hi""","two\nlines"\nd,e,f\n')).toEqual(['1: a,1|say "hi"|two\nlines', '3: d|e|f'])
})

test('a quote inside a field without quotes is a character like any other', () => {
  expect(read('a,5" disk,c\n')).toEqual(['1: a|5" disk|c'])
})

test('rows of the wrong width and text behind a quote are rejected with their line', () => {
  expect(read('a,b\n1,2,3,4\n"x"y,2,3\na,b,c\n')).toEqual([
    '1! 2 fields where the header has 3: a,b',
    '2! 4 fields where the header has 3: 1,2,3,4',
    '3! text follows a closing quote: "x"y,2,3',
    '4: a|b|c',
  ])
})

test('a quote that never closes costs its line and not the rest of the file', () => {
  expect(read('a,b,c\n"open,1,2\nd,e,f\ng,h,i\n')).toEqual([
    '1: a|b|c',
    '2! a quoted field is never closed: "open,1,2',
    '3: d|e|f',
    '4: g|h|i',
  ])
})

test('a stray quote costs its line, and the lines up to the next quote are read', () => {
  const good = Array.from({ length: 1000 }, (_, index) => `d${index},e,f\n`).join('')
  const rows = Array.from({ length: 1000 }, (_, index) => `${index + 2}: d${index}|e|f`)
  for (const chunk of [1 << 20, 1000]) {
    expect(read(`"broken,b,c\n${good}x,y,"z"\n`, { chunk })).toEqual([
      '1! text follows a closing quote: "broken,b,c',
      ...rows,
      '1002: x|y|z',
    ])
    // The next quote ends a field.
    expect(read(`a,"broken,c\n${good}x,y,z"\n`, { chunk })).toEqual([
      '1! 2 fields where the header has 3: a,"broken,c',
      ...rows,
      '1002: x|y|z"',
    ])
    // And is the last of the right number of fields.
    const found = read(`a,b,"broken\n${good}x,y,z"\n`, { chunk })
    expect(found).toEqual(['1! longer than 1000 characters: a,b,"broken', ...rows, '1002: x|y|z"'])
  }
})

test('a line without end costs itself only, whatever its length', () => {
  const long = Buffer.concat([Buffer.from('a,b,c\n'), Buffer.alloc(3 * longestRecord, 'x'), Buffer.from('\nd,e,f\n')])
  const expected = ['1: a|b|c', `2! the line is longer than ${longestRecord} bytes: ${'x'.repeat(40)}`, '3: d|e|f']
  expect(read(long)).toEqual(expected)
  expect(read(long, { chunk: 100_000 })).toEqual(expected)
})

test('an open quote followed by megabytes of good lines costs its line only', () => {
  const good = 'd,e,f\n'.repeat(300_000)
  const found = read(`a,"b,c\n${good}`, { chunk: 1 << 16 })
  expect(found[0]).toBe('1! a quoted field is never closed: a,"b,c')
  expect(found).toHaveLength(300_001)
})

test('files of old, whose lines end with a carriage return only', () => {
  expect(read('a,b,c\rd,e,f\r', { newline: 13 })).toEqual(['1: a|b|c', '2: d|e|f'])
})

test('whatever is written is read back, however it is cut into chunks', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', ' ', '漢'), maxLength: 8 })
  const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 })
  const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  fc.assert(
    fc.property(table, fc.integer({ min: 1, max: 20 }), (rows, chunk) => {
      const text = rows.map((row) => `${row.map(quoted).join(',')}\n`).join('')
      const fields = read(text, { chunk }).map((found) => found.slice(found.indexOf(':') + 2))
      expect(fields).toEqual(rows.map((row) => row.join('|')))
    }),
  )
})

test('the apostrophe that guards a formula is taken off, in quotes or not; every other one is a character', () => {
  const text = `'=a,"'-b",''+c\n'd,e'=f,'\n"'\tsay ""hi""",'@,"'\rg"\n`
  const expected = ["1: =a|-b|'+c", "2: 'd|e'=f|'", '3: \tsay "hi"|@|\rg']
  expect(read(text)).toEqual(expected)
  expect(read(text, { chunk: 1 })).toEqual(expected)
})

test('rubbish is read without loss: every line that is not blank becomes a row or a reject', () => {
  const rubbish = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r'), maxLength: 60 })
  fc.assert(
    fc.property(rubbish, fc.integer({ min: 1, max: 7 }), (text, chunk) => {
      const whole = read(text)
      expect(read(text, { chunk })).toEqual(whole)
      const withoutQuotes = text.replaceAll('"', 'q')
      const lines = withoutQuotes.split('\n').filter((line) => line !== '' && line !== '\r')
      expect(read(withoutQuotes)).toHaveLength(lines.length)
    }),
  )
})
