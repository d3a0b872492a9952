import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { parseRecords } from '../../src/main/prediction/records.ts'
import { parseSequence, readGivenHistory, readSequence } from '../../src/main/prediction/sequence.ts'
import { sequenceText } from '../../src/renderer/views/predict/sequence-text.ts'
import { csvText } from '../../src/shared/csv.ts'
import type { SequenceOptionsInput } from '../../src/shared/prediction.ts'
import { csvFields, hostileNames, isFormula } from '../support/hostile-texts.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sequence-'))
  return () => rmSync(folder, { recursive: true, force: true })
})

function file(content: string | Uint8Array, name = 'events.csv'): string {
  const target = path.join(folder, name)
  writeFileSync(target, content)
  return target
}

const read = (input: string, options: Omit<SequenceOptionsInput, 'input'> = {}, zone: string | undefined = 'UTC') =>
  readSequence({ input, ...options }, { zone, standardInput: Readable.from([]) })

const eight = Date.UTC(2024, 4, 6, 8)
const two = [
  { behaviour: 'coffee', location: 'home', time: eight },
  { behaviour: 'bus', location: '', time: eight + 2_400_000 },
]

test.each([
  ['csv', 'time,event,location\n2024-05-06T08:00:00,coffee,home\n2024-05-06T08:40:00,bus,\n'],
  [
    'csv with semicolons, quotes and windows line ends',
    'time;event;location\r\n"2024-05-06 08:00";coffee;"home"\r\n2024-05-06 08:40;"bus";\r\n',
  ],
  ['tsv', 'Timestamp\tActivity\tPlace\n2024-05-06T08:00:00Z\tcoffee\thome\n2024-05-06T08:40:00Z\tbus\t\n'],
  [
    'csv with a byte order mark',
    '\u{feff}time,event,location\n2024-05-06T08:00:00,coffee,home\n2024-05-06T08:40:00,bus,\n',
  ],
  [
    'csv out of order, with blank lines',
    'time,event,location\n\n2024-05-06T08:40:00,bus,\n\n2024-05-06T08:00:00,coffee,home\n',
  ],
  ['csv of one user', 'user,time,event,location\nann,2024-05-06T08:00:00,coffee,home\nann,2024-05-06T08:40:00,bus,\n'],
  ['csv with epoch seconds', `time,event,location\n${eight / 1000},coffee,home\n${eight / 1000 + 2400},bus,\n`],
  [
    'json lines',
    '{"time":"2024-05-06T08:00:00","behaviour":"coffee","location":"home"}\n{"time":"2024-05-06T08:40:00","behaviour":"bus","location":null}\n',
  ],
  [
    'a json array',
    `[{"time":${eight},"event":"coffee","location":"home"},\n {"time":${eight + 2_400_000},"event":"bus"}]`,
  ],
])('%s gives the events in order of time', async (_, text) => {
  expect(await read(file(text))).toEqual(two)
})

test('gzip and zstd files are unpacked', async () => {
  const text = Buffer.from('time,event,location\n2024-05-06T08:00:00,coffee,home\n2024-05-06T08:40:00,bus,\n')
  expect(await read(file(gzipSync(text), 'a.csv.gz'))).toEqual(two)
  expect(await read(file(zstdCompressSync(text), 'b.csv.zst'))).toEqual(two)
  const frames = [text.slice(0, 15), text.slice(15)].map((part) => zstdCompressSync(part))
  expect(await read(file(Buffer.concat(frames), 'c.csv.zst'))).toEqual(two)
})

test("times with a zone are shown in the log's zone; local times are as they are", async () => {
  const zoned = file('time,event\n2024-05-06T08:00:00Z,coffee\n')
  const local = file('time,event\n2024-05-06T08:00:00,coffee\n', 'local.csv')
  expect((await read(zoned, {}, 'Asia/Jakarta'))[0].time).toBe(eight + 7 * 3_600_000)
  expect((await read(zoned, { timeZone: 'UTC' }, 'Asia/Jakarta'))[0].time).toBe(eight)
  expect((await read(local, {}, 'Asia/Jakarta'))[0].time).toBe(eight)
  const ambiguous = (input: string) => readSequence({ input }, { zone: undefined, standardInput: Readable.from([]) })
  expect((await ambiguous(local))[0].time).toBe(eight)
  await expect(ambiguous(zoned)).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('line 2') })
})

test('one user of several is chosen', async () => {
  const several = file('user,time,event\nann,2024-05-06T08:00:00,coffee\nbob,2024-05-06T08:40:00,bus\n')
  expect((await read(several, { user: 'bob' })).map(({ behaviour }) => behaviour)).toEqual(['bus'])
  await expect(read(several)).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('2 users') })
  await expect(read(several, { user: 'ana' })).rejects.toMatchObject({ code: 'not-found', hint: 'Did you mean "ann"?' })
})

test('columns are given where their names say nothing', async () => {
  const odd = file('a,b,c\n2024-05-06T08:00:00,coffee,home\n2024-05-06T08:40:00,bus,\n')
  expect(await read(odd, { mapping: { time: 'a', event: 'b', location: 'c' } })).toEqual(two)
  await expect(read(odd)).rejects.toMatchObject({
    code: 'input',
    message: expect.stringMatching(/has no column of which the name says that it holds the (behaviour|event)/),
    hint: expect.stringMatching(/^Columns: a, b, c\. In the header, call them time, event/),
  })
})

test.each([
  ['', 'empty'],
  ['time,event\n', 'no events'],
  ['time,event\n2024-05-06T08:00:00,coffee\nnoon,bus\n', 'line 3: the time "noon"'],
  ['time,event\n"2024-05-06T08:00:00","cof\nfee"\nnoon,bus\n', 'line 4: the time "noon"'],
  ['time,event\n9999-01-01,coffee\n', 'line 2'],
  ['time,event\n2024-05-06T08:00:00,coffee\n2024-05-06T08:40:00, \n', 'line 3: the field event is empty'],
  ['time,event\n2024-05-06T08:00:00,coffee,home\n', 'line 2: 3 fields'],
  ['time,event\n2024-05-06T08:00:00,"coffee\n', 'line 2: a quoted field is never closed'],
  ['time,time\n1,2\n', 'appears twice'],
  ['{"time":1714982400,"event":"coffee"}\n{oops\n', 'line 2 is not JSON'],
  ['[{"time":1714982400,"event":"coffee"},\n\n 7]', 'line 3: 7 is not an event'],
  ['[{"time":1714982400,"event":["coffee"]}]', 'line 1: the field event is neither'],
  ['[]', 'no events'],
  ['[{"time":', 'is not a JSON array'],
  ['time,event\n2024-05-06T08:00:00,cof\0fee\n', 'line 2: a NUL byte'],
])('%j is refused with file and line', async (text, message) => {
  const input = file(text)
  await expect(read(input)).rejects.toMatchObject({
    code: 'input',
    message: expect.stringContaining(message),
  })
  await expect(read(input)).rejects.toMatchObject({ message: expect.stringContaining(input) })
})

test('text that is not UTF-8, damaged compression, folders and missing files are refused', async () => {
  const latin = file(Buffer.concat([Buffer.from('time,event\n2024-05-06T08:00:00,caf'), Buffer.of(0xe9, 10)]))
  await expect(read(latin)).rejects.toMatchObject({
    code: 'input',
    message: expect.stringContaining('line 2: not valid UTF-8'),
  })
  const cut = file(gzipSync('time,event\n').subarray(0, 15), 'cut.gz')
  await expect(read(cut)).rejects.toMatchObject({ code: 'input', message: expect.stringContaining('damaged') })
  await expect(read(folder)).rejects.toMatchObject({ code: 'input', message: expect.stringContaining('folder') })
  await expect(read(path.join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'not-found' })
})

test('a compressed file that unpacks to far too much is refused, not unpacked', async () => {
  const bomb = file(gzipSync(Buffer.alloc(80 * 2 ** 20, 'a')), 'bomb.gz')
  await expect(read(bomb)).rejects.toMatchObject({ code: 'input', message: expect.stringContaining('64 MiB') })
})

test('any fields survive being written as csv and read back, with the line each row starts on', () => {
  const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' ', ';', 'é'), maxLength: 6 })
  fc.assert(
    fc.property(fc.array(fc.tuple(field, field), { maxLength: 8 }), (rows) => {
      const text = ['first,second', ...rows.map((row) => row.map((value) => csvText(value)).join(','))].join('\n')
      const { records } = parseRecords(text, 'csv', 'test')
      expect(records.map(({ values }) => [values.first, values.second])).toEqual(rows)
      let line = 2
      for (const [index, row] of rows.entries()) {
        expect(records[index].line).toBe(line)
        line += 1 + row.join('').split('\n').length - 1
      }
    }),
  )
})

test('a sequence that the page copies is the same when it is pasted, whatever its names begin with', () => {
  const events = hostileNames(200).map((behaviour, index, names) => ({
    behaviour,
    location: index % 5 === 0 ? null : names.at(-index)!,
    time: eight + index * 60_000,
  }))
  const text = sequenceText(events)
  expect(csvFields(text).filter(isFormula)).toEqual([])
  expect(parseSequence('pasted', text, { mapping: {} }, 'UTC')).toEqual(
    events.map((event) => ({ ...event, location: event.location ?? '' })),
  )
})

test('the guard before a formula is no part of a name in a file of tabs either; one in JSON is', async () => {
  const tabs = file("time\tevent\tlocation\n2024-05-06\t'=x\t'-5\n", 'events.tsv')
  expect(await read(tabs)).toMatchObject([{ behaviour: '=x', location: '-5' }])
  const json = file(`[{"time":"2024-05-06","event":"'=x"}]`, 'events.json')
  expect(await read(json)).toMatchObject([{ behaviour: "'=x" }])
})

test('a history of a program takes local milliseconds and ISO times', () => {
  const given = [
    { behaviour: 'bus', time: '2024-05-06T08:40:00+00:00' },
    { behaviour: 'coffee', time: eight, location: 'home' },
  ]
  expect(readGivenHistory(given, 'UTC')).toEqual(two)
})
