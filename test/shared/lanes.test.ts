import { expect, test } from 'vitest'
import { jobKinds } from '../../src/main/jobs/registry.ts'
import type { JobRecord, JobState } from '../../src/shared/jobs.ts'
import { lanes, waitsFor } from '../../src/shared/lanes.ts'

const job = (id: number, kind: string, state: JobState) => ({ id, kind, state }) as JobRecord

test('lanes have kinds of jobs that there are', () => {
  expect(Object.keys(jobKinds)).toEqual(expect.arrayContaining(Object.values(lanes).flat()))
})

test('a queued job waits for one of its lane that runs or came first, and for nothing else', () => {
  const queued = job(5, 'import', 'queued')
  expect(waitsFor(queued, [queued])).toBeUndefined()
  expect(waitsFor(queued, [queued, job(4, 'train', 'running')])).toBeUndefined()
  expect(waitsFor(queued, [job(6, 'build-dataset', 'queued'), queued])).toBeUndefined()
  expect(waitsFor(queued, [queued, job(4, 'build-dataset', 'queued')])).toBe('logs')
  expect(waitsFor(queued, [job(7, 'simulate', 'running'), queued])).toBe('logs')
  expect(waitsFor(job(8, 'evaluate', 'queued'), [job(3, 'train', 'running')])).toBe('compute')
  // Of a kind that is in no lane.
  expect(waitsFor(job(8, 'create-review', 'queued'), [job(3, 'export', 'running')])).toBeUndefined()
})
