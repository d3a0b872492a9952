import type { Migration } from './migration.ts'

/** Jobs that wait for their turn, and what a job gave back. */
export const jobQueue: Migration = {
  number: 7,
  name: 'job-queue',
  sql: `
CREATE TABLE jobs_with_queue (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  -- The validated input, as JSON.
  input TEXT NOT NULL,
  -- What the process said last. One that died without a word stays 'running': whoever reads compares with the living processes.
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled', 'paused')),
  -- Of a queued job: the host that put it there.
  pid INTEGER NOT NULL,
  process_started TEXT NOT NULL,
  -- The last Progress, as JSON.
  progress TEXT,
  -- JSON array of texts.
  warnings TEXT NOT NULL DEFAULT '[]',
  -- The ErrorDocument of a failed job, as JSON.
  error TEXT,
  -- What a job that ended well gave back, as JSON.
  result TEXT,
  -- ISO-8601, UTC.
  started_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  finished_at TEXT
) STRICT;
INSERT INTO jobs_with_queue (id, kind, input, state, pid, process_started, progress, warnings, error, started_at, updated_at, finished_at)
  SELECT id, kind, input, state, pid, process_started, progress, warnings, error, started_at, updated_at, finished_at FROM jobs;
DROP TABLE jobs;
ALTER TABLE jobs_with_queue RENAME TO jobs;
`,
}
