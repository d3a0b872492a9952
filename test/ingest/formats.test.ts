import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, test } from 'vitest'
import { listRejects } from '../../src/main/ingest/rejects.ts'
import { render } from '../../src/shared/phrase.ts'
import { temporaryFolder } from '../support/folders.ts'
import { fileWith, importFile, newWorkspace, storedEvents } from './support.ts'

const rows = [
  ['ana', '2024-01-01T08:00:00', 'café, "au lait"', 'Zürich'],
  ['ana', '2024-01-01T09:30:00', '散歩', ''],
  ['bob', '2024-01-02T10:00:00', 'walk', 'park'],
]
const columns = ['user_id', 'timestamp', 'event', 'location']
const expected = rows.map((row) => row.join(' ').trimEnd())
const delimited = (delimiter: string) =>
  [columns, ...rows]
    .map(
      (row) => `${row.map((cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter)}\n`,
    )
    .join('')

const texts: Record<string, string> = {
  'log.csv': delimited(','),
  'log.tsv': delimited('\t'),
  'log.txt': delimited(';'),
  'log.jsonl': rows
    .map((row) => `${JSON.stringify(Object.fromEntries(row.map((cell, index) => [columns[index], cell || null])))}\n`)
    .join(''),
}

describe.each(Object.keys(texts))('%s', (name) => {
  test.each([
    ['plain', '', (text: string) => Buffer.from(text)],
    ['gzip', '.gz', (text: string) => gzipSync(text)],
    ['zstd', '.zst', (text: string) => zstdCompressSync(text)],
    [
      'zstd of two frames',
      '.zst',
      (text: string) => Buffer.concat([text.slice(0, 40), text.slice(40)].map((part) => zstdCompressSync(part))),
    ],
    ['gzip that its name hides', '', (text: string) => gzipSync(text)],
  ])('%s', async (_compression, extension, compress) => {
    const workspace = newWorkspace()
    const source = await importFile(workspace, fileWith(compress(texts[name]), name + extension))
    expect(source).toMatchObject({ name: 'log', events: 3, rejected: 0 })
    expect(storedEvents(workspace)).toEqual(expected)
  })
})

async function parquetFile(select: string): Promise<string> {
  const file = path.join(temporaryFolder(), 'log.parquet')
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (${select}) TO '${file}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
  return file
}

describe('parquet', () => {
  test('texts and timestamps', async () => {
    const values = rows
      .map((row) => `('${row[0]}', TIMESTAMP '${row[1]}', '${row[2]}', nullif('${row[3]}', ''))`)
      .join(', ')
    const workspace = newWorkspace()
    await importFile(
      workspace,
      await parquetFile(`SELECT * FROM (VALUES ${values}) AS rows(user_id, timestamp, event, location)`),
    )
    expect(storedEvents(workspace)).toEqual(expected)
  })

  test('numbers, zoned timestamps, and rejects with the number of the row', async () => {
    const file = await parquetFile(
      `SELECT * FROM (VALUES (7::BIGINT, TIMESTAMPTZ '2024-01-01 10:00:00+02', 1), (NULL, TIMESTAMPTZ '2024-01-01 10:00:00+02', 2)) AS rows(uid, ts, category)`,
    )
    const workspace = newWorkspace()
    expect(await importFile(workspace, file)).toMatchObject({ events: 1, rejected: 1 })
    expect(storedEvents(workspace)).toEqual(['7 2024-01-01T08:00:00 1'])
    expect(listRejects(workspace, 'log')[0]).toMatchObject({ line: 2, field: 'uid', reason: { template: 'empty' } })
  })

  test('a truncated file is refused', async () => {
    const file = path.join(temporaryFolder(), 'log.parquet')
    writeFileSync(file, 'PAR1 and then nothing')
    await expect(importFile(newWorkspace(), file)).rejects.toMatchObject({
      code: 'input',
      message: expect.stringContaining('cannot be read as Parquet'),
    })
  })

  test('another file that is said to be Parquet is told apart from a damaged one', async () => {
    const file = fileWith('user,time,event\nu,1700000000,a\n')
    await expect(importFile(newWorkspace(), file, { format: 'parquet' })).rejects.toMatchObject({
      code: 'input',
      message: `${file} is not a Parquet file.`,
      hint: 'Say which format it has, or leave that to be guessed.',
    })
  })
})

describe('JSON lines', () => {
  test('numbers are names too, and 64-bit identifiers keep every digit', async () => {
    const workspace = newWorkspace()
    const file = fileWith(
      '{"user":12345678901234567890,"time":1700000000,"event":3}\n{"user":12345678901234567891,"time":1700000000.5,"event":true}\n',
      'log.jsonl',
    )
    await importFile(workspace, file)
    expect(storedEvents(workspace)).toEqual([
      '12345678901234567890 2023-11-14T22:13:20 3',
      '12345678901234567891 2023-11-14T22:13:20 true',
    ])
  })

  test('lines that are no objects, and values that are no names, are rejected, for one reason whatever is wrong within the line', async () => {
    const workspace = newWorkspace()
    const good = '{"user":"u","time":"2024-01-01","event":"e"}'
    await importFile(
      workspace,
      fileWith(
        `${good}\nnonsense\n{"user":}\n[1]\n\n{"user":{"id":1},"time":"2024-01-01","event":"e"}\n{"time":"2024-01-01"}`,
        'log.jsonl',
      ),
    )
    expect(listRejects(workspace, 'log').map(({ line, reason }) => `${line} ${render(reason).slice(0, 32)}`)).toEqual([
      '2 not JSON',
      '3 not JSON',
      '4 not a JSON object',
      '6 user is neither a text nor a num',
      '7 empty',
    ])
  })
})

test('a byte order mark is no part of the first column', async () => {
  const workspace = newWorkspace()
  expect(await importFile(workspace, fileWith(`\uFEFF${texts['log.csv']}`))).toMatchObject({
    mapping: { user: 'user_id' },
    events: 3,
  })
})

test('damaged compressed data are refused and leave nothing', async () => {
  const workspace = newWorkspace()
  const many = delimited(',') + 'u,2024-01-01T00:00:00,e,l\n'.repeat(5000)
  for (const [name, bytes] of [
    ['log.csv.gz', gzipSync(many)],
    ['log.csv.zst', zstdCompressSync(many)],
  ] as const) {
    const half = fileWith(bytes.subarray(0, Math.floor(bytes.length / 2)), name)
    await expect(importFile(workspace, half), name).rejects.toMatchObject({
      code: 'input',
      message: expect.stringContaining('damaged'),
    })
  }
  await expect(importFile(workspace, fileWith('user,time,event\n', 'log.csv.gz'))).rejects.toThrow(
    'is not gzip-compressed',
  )
  expect(storedEvents(workspace)).toEqual([])
})
