import type { Migration } from './migration.ts'

/** Long work done in processes of its own: who does it, how far it is and how it ended. */
export const jobs: Migration = {
  number: 6,
  name: 'jobs',
  sql: `
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  -- The validated input, as JSON.
  input TEXT NOT NULL,
  -- What the process said last. One that died without a word stays 'running': whoever reads compares with the living processes.
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled', 'paused')),
  pid INTEGER NOT NULL,
  process_started TEXT NOT NULL,
  -- The last Progress, as JSON.
  progress TEXT,
  -- JSON array of texts.
  warnings TEXT NOT NULL DEFAULT '[]',
  -- The ErrorDocument of a failed job, as JSON.
  error TEXT,
  -- ISO-8601, UTC.
  started_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  finished_at TEXT
) STRICT;
`,
}
