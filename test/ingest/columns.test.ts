import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, test } from 'vitest'
import { inspectColumns } from '../../src/main/ingest/columns.ts'
import { temporaryFolder } from '../support/folders.ts'
import { fileWith } from './support.ts'

test('what a file holds is shown even when nobody can guess which column is which', async () => {
  const file = fileWith('who;moment;what\nu1;2024-05-31T18:30:00;walk\n;2024-05-31T18:40:00;eat\n')
  expect(await inspectColumns({ files: [file] })).toEqual({
    format: 'csv',
    columns: [
      { name: 'who', examples: ['u1'] },
      { name: 'moment', examples: ['2024-05-31T18:30:00', '2024-05-31T18:40:00'] },
      { name: 'what', examples: ['walk', 'eat'] },
    ],
    // The times are known by their values.
    mapping: { time: 'moment' },
    timeFormat: 'iso',
  })
})

test('columns that are named as usual are suggested, and long values are cut', async () => {
  const file = fileWith(`{"user_id": "u", "timestamp": 1717180200, "app": "${'x'.repeat(10_000)}"}\n`, 'log.jsonl')
  const { mapping, timeFormat, columns } = await inspectColumns({ files: [file] })
  expect(mapping).toEqual({ user: 'user_id', time: 'timestamp', event: 'app' })
  expect(timeFormat).toBe('epoch-seconds')
  expect(columns[2]).toEqual({ name: 'app', examples: ['x'.repeat(200)] })
})

test('columns that are named in Chinese are suggested too', async () => {
  const named = async (header: string) => {
    const file = fileWith(`${header}\nu1,2024-05-31T18:30:00,散步,公园\n`)
    return (await inspectColumns({ files: [file] })).mapping
  }
  expect(await named('用户,时间,行为,地点')).toEqual({ user: '用户', time: '时间', event: '行为', location: '地点' })
  expect(await named('用户ID,事件时间,事件名称,位置')).toEqual({
    user: '用户ID',
    time: '事件时间',
    event: '事件名称',
    location: '位置',
  })
})

test('a nested value is shown as it is written', async () => {
  const file = fileWith('{"user": "u", "time": 1717180200, "event": {"name": "walk"}}\n', 'log.jsonl')
  expect((await inspectColumns({ files: [file] })).columns[2]).toEqual({ name: 'event', examples: ['{"name":"walk"}'] })
})

describe('a wide table', () => {
  const wide = (columns: number, rows: number, name = 'log.csv') => {
    const others = Array.from({ length: columns - 3 }, (_, column) => `c${column}`)
    const row = ['u', '2024-01-01T00:00:00', 'walk', ...others.map(() => '1')]
    return fileWith(
      [['user', 'time', 'event', ...others].join(','), ...Array(rows).fill(row.join(',')), ''].join('\n'),
      name,
    )
  }

  test('is split once, and no further than is shown', async () => {
    const started = process.cpuUsage().user
    const { columns, mapping } = await inspectColumns({ files: [wide(9000, 50)] })
    expect(columns).toHaveLength(9000)
    expect(columns.at(-1)).toEqual({ name: 'c8996', examples: ['1'] })
    expect(mapping).toEqual({ user: 'user', time: 'time', event: 'event' })
    // One time for every four columns it took half a minute.
    expect((process.cpuUsage().user - started) / 1e6).toBeLessThan(3)
  })

  test('has a limit, whatever its format', async () => {
    const objects = `${JSON.stringify(Object.fromEntries(Array.from({ length: 10_001 }, (_, key) => [`k${key}`, 1])))}\n`
    const parquet = path.join(temporaryFolder(), 'log.parquet')
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const numbers = Array.from({ length: 10_001 }, (_, column) => `1 AS c${column}`)
    await connection.run(`COPY (SELECT ${numbers.join()}) TO '${parquet}' (FORMAT parquet)`)
    connection.closeSync()
    instance.closeSync()
    for (const file of [wide(10_001, 1), fileWith(objects, 'log.jsonl'), parquet])
      await expect(inspectColumns({ files: [file] })).rejects.toMatchObject({
        code: 'input',
        message: expect.stringContaining('10001 columns, more than the 10000'),
      })
  })

  test('with a name twice is refused', async () => {
    await expect(inspectColumns({ files: [fileWith('user,time,event,user\n')] })).rejects.toThrow(
      'two columns named "user"',
    )
  })
})
