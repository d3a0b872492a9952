import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openWriteDatabase, type WriteDatabase } from '../../src/main/storage/database.ts'
import {
  findDataset,
  findSimulation,
  insertDataset,
  listDatasets,
  saveSimulation,
} from '../../src/main/storage/datasets.ts'
import { migrations } from '../../src/main/storage/migrations/index.ts'
import { migrate } from '../../src/main/storage/schema.ts'

let folder: string
let database: WriteDatabase
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'behavegpt-test-'))
  database = openWriteDatabase(path.join(folder, 'workbench.db'))
  migrate(database, migrations.slice(0, 1))
  database.execute(
    `INSERT INTO sources (name, state, format, mapping, time_format, time_zone, simulated, created_at)
     VALUES ('before', 'ready', 'csv', '{}', 'iso', 'UTC', 1, '2025-01-01')`,
  )
  migrate(database, migrations.slice(0, 2))
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true, force: true })
})

const dataset = { id: 'abc', contentHash: 'abcdef', configuration: '{}', counts: { events: 3 }, simulated: false }

test('the migration keeps the logs, and nothing is listed at first', () => {
  expect(database.query('SELECT name FROM sources').all()).toEqual([{ name: 'before' }])
  expect(listDatasets(database)).toEqual([])
  expect(findDataset(database, 'abc')).toBeUndefined()
})

test('a dataset is found by its id and each of its names', () => {
  insertDataset(database, dataset, 'one')
  insertDataset(database, dataset, 'another')
  insertDataset(database, { ...dataset, id: 'xyz', contentHash: 'xyz' }, 'third')
  const found = findDataset(database, 'one')
  expect(found).toMatchObject({ ...dataset, names: ['another', 'one'] })
  expect(findDataset(database, 'another')).toEqual(found)
  expect(findDataset(database, 'abc')).toEqual(found)
  expect(
    listDatasets(database)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(['abc', 'xyz'])
})

test('a name has one dataset: a second is refused and not listed', () => {
  insertDataset(database, dataset, 'name')
  expect(() => insertDataset(database, { ...dataset, id: 'xyz', contentHash: 'xyz' }, 'name')).toThrow(
    expect.objectContaining({ code: 'conflict' }),
  )
  expect(listDatasets(database).map(({ id }) => id)).toEqual(['abc'])
})

test("a simulation's parameters live as long as its source", () => {
  const source = database.query<{ id: number }>('SELECT id FROM sources').get()!.id
  expect(findSimulation(database, source)).toBeUndefined()
  saveSimulation(database, 'before', { seed: 3 })
  expect(findSimulation(database, source)).toEqual({ seed: 3 })
  expect(() => saveSimulation(database, 'nobody', {})).toThrow(expect.objectContaining({ code: 'not-found' }))
  database.execute('DELETE FROM sources')
  expect(findSimulation(database, source)).toBeUndefined()
})
