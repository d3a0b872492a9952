import { expect, onTestFinished, test } from 'vitest'
import { listDatasets } from '../../src/main/storage/datasets.ts'
import { findJob, listJobs } from '../../src/main/storage/jobs.ts'
import { readReviewSequence } from '../../src/main/storage/review-projects.ts'
import { listRuns } from '../../src/main/storage/runs.ts'
import { readSettings } from '../../src/main/storage/settings.ts'
import { readySources } from '../../src/main/storage/sources.ts'
import { createLogWorkspace } from '../support/log-workspace.ts'

/** A row for each table that keeps JSON. */
const seed = `
  INSERT INTO jobs (id, kind, input, state, pid, process_started, progress, error, result, started_at, updated_at)
    VALUES (1, 'train', '{}', 'failed', 1, '1', '{"done":1}', '{"code":"input"}', '{}', '2025-01-01', '2025-01-01');
  INSERT INTO datasets VALUES ('d', 'hash', '{}', '{}', 0, '2025-01-01');
  INSERT INTO dataset_names VALUES ('phones', 'd');
  INSERT INTO runs VALUES ('r', 'run', 'd', 'ce', 'cpu', 100, 'diverged', 1, 1, 'nll', NULL, NULL, '{"code":"diverged"}', '2025-01-01', '2025-01-01');
  INSERT INTO settings VALUES ('theme', '"dark"');
  INSERT INTO review_projects VALUES (1, 'p', 'random', 1, 24, '{}', 0, 1, '2025-01-01');
  INSERT INTO review_sequences (project, position, user, events, content) VALUES (1, 0, 'u', 2, '{}');`

function seeded() {
  const log = createLogWorkspace()
  onTestFinished(() => log[Symbol.dispose]())
  log.addSource('phones', [{ user: 'u', time: 1, behaviour: 'b' }])
  log.workspace.database.execute(seed)
  return log.workspace.database
}

type Database = ReturnType<typeof seeded>
const damages: [table: string, column: string, read: (database: Database) => unknown][] = [
  ['jobs', 'input', (database) => listJobs(database, 9)],
  ['jobs', 'progress', (database) => listJobs(database, 9)],
  ['jobs', 'warnings', (database) => listJobs(database, 9)],
  ['jobs', 'error', (database) => listJobs(database, 9)],
  ['jobs', 'result', (database) => findJob(database, 1)],
  ['runs', 'error', (database) => listRuns(database)],
  ['datasets', 'counts', (database) => listDatasets(database)],
  ['sources', 'mapping', (database) => readySources(database)],
  ['settings', 'value', (database) => readSettings(database)],
  ['review_sequences', 'content', (database) => readReviewSequence(database, 1, 0)],
]

test.each(damages)(
  'a flipped byte in %s.%s is damage of the database, not a defect of the program',
  (table, column, read) => {
    const database = seeded()
    read(database)
    // The first byte of the text, whatever it is, becomes one that begins no JSON.
    database.execute(`UPDATE ${table} SET ${column} = '#' || substr(${column}, 2)`)
    expect(() => read(database)).toThrow(
      expect.objectContaining({ code: 'corrupt', hint: expect.stringContaining('backup') }),
    )
  },
)

test('a mapping that is JSON and no mapping is damage too', () => {
  const database = seeded()
  database.execute(`UPDATE sources SET mapping = replace(mapping, 'user', 'usfr')`)
  expect(() => readySources(database)).toThrow(expect.objectContaining({ code: 'corrupt' }))
})
