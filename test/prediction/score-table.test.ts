import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeScoreTable } from '../../src/main/prediction/score-table.ts'
import type { StoredScore } from '../../src/main/storage/scores.ts'

let directory = ''
const scratch = () => directory
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'score-table-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const noHeads = { location: null, locationProbability: null, gap: null, gapProbability: null }
const rows: StoredScore[] = [
  { user: 'ann', rank: 1, behaviour: '=HYPERLINK("http://evil","x")', probability: 0.75, ...noHeads },
  { user: 'ann', rank: 2, behaviour: 'tea, "green"\nhot', probability: 0.125, ...noHeads },
  { user: "o'brien", rank: 1, behaviour: 'bus', probability: 1 / 3, ...noHeads },
]

test('a csv table quotes what must be quoted and disarms formulas', async () => {
  const path = join(directory, 'scores.csv')
  await writeScoreTable(path, rows, [], scratch())
  expect(readFileSync(path, 'utf8')).toBe(
    [
      'user,rank,behaviour,probability',
      `ann,1,"'=HYPERLINK(""http://evil"",""x"")",0.75`,
      'ann,2,"tea, ""green""\nhot",0.125',
      `o'brien,1,bus,${1 / 3}`,
      '',
    ].join('\n'),
  )
})

test('with extra heads, each row has the place and time gap of its user by name', async () => {
  const path = join(directory, 'scores.csv')
  const placed = [
    { ...rows[2], location: 'café', locationProbability: 0.5, gap: '11', gapProbability: 0.25 },
    { ...rows[2], location: '', locationProbability: 0.75, gap: '0', gapProbability: 1 },
  ]
  await writeScoreTable(path, placed, ['location', 'gap'], scratch())
  expect(readFileSync(path, 'utf8').split('\n')).toEqual([
    // The mark before it, since a name is not plain ASCII.
    '\ufeffuser,rank,behaviour,probability,location,location_probability,gap,gap_probability',
    `o'brien,1,bus,${1 / 3},café,0.5,1 to 2 days,0.25`,
    `o'brien,1,bus,${1 / 3},elsewhere or unknown,0.75,same time,1`,
    '',
  ])
})

test('a parquet table holds the texts and numbers exactly, in the given order', async () => {
  const path = join(directory, "it's.parquet")
  const many = Array.from({ length: 5000 }, (_, index) => ({ ...rows[index % 3], rank: index }))
  await writeScoreTable(path, many, [], scratch())
  const connection = await (await DuckDBInstance.create()).connect()
  const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path.replaceAll("'", "''")}')`)
  expect(reader.columnNames()).toEqual(['user', 'rank', 'behaviour', 'probability'])
  expect(reader.getRows()).toEqual(many.map((row) => [row.user, row.rank, row.behaviour, row.probability]))
  expect(readdirSync(directory)).toEqual(["it's.parquet"])
})

test.each(['scores.csv', 'scores.parquet'])(
  '%s: rows that stop with an error leave nothing, and the old file',
  async (name) => {
    function* interrupted() {
      yield* rows
      throw new Error('stopped')
    }
    const path = join(directory, name)
    await expect(writeScoreTable(path, interrupted(), [], scratch())).rejects.toThrow('stopped')
    expect(readdirSync(directory)).toEqual([])

    await writeScoreTable(path, rows, [], scratch())
    const before = readFileSync(path)
    await expect(writeScoreTable(path, interrupted(), [], scratch())).rejects.toThrow('stopped')
    expect(readFileSync(path)).toEqual(before)
    expect(readdirSync(directory)).toEqual([name])
  },
)

test('an unknown ending is refused', async () => {
  await expect(writeScoreTable(join(directory, 'scores.xlsx'), rows, [], scratch())).rejects.toMatchObject({
    code: 'usage',
  })
})
