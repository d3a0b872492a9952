import type { Migration } from './migration.ts'

/**
 * Datasets built from the logs. A dataset is its content: its id comes from its hash, and it may have several names. Their columns are files in `datasets/<id>/`.
 */
export const datasets: Migration = {
  number: 2,
  name: 'datasets',
  sql: `
CREATE TABLE datasets (
  id TEXT PRIMARY KEY,
  content_hash TEXT NOT NULL UNIQUE,
  -- The DatasetConfiguration without its name, as canonical JSON: equal configurations are equal texts.
  configuration TEXT NOT NULL,
  -- Counts of the manifest, as JSON, so that a list reads no files.
  counts TEXT NOT NULL,
  simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),
  -- ISO-8601, UTC.
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE dataset_names (
  name TEXT PRIMARY KEY,
  dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX dataset_names_by_dataset ON dataset_names (dataset, name);

-- How a simulated source was made, so that the best possible predictions for it can be computed.
CREATE TABLE simulations (
  source INTEGER PRIMARY KEY REFERENCES sources (id) ON DELETE CASCADE,
  parameters TEXT NOT NULL
) STRICT;
`,
}
