import { expect, test } from 'vitest'
import { inspectColumns } from '../../src/main/ingest/columns.ts'
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
