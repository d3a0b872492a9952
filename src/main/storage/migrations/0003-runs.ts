import type { Migration } from './migration.ts'

/** Training runs and what was measured while they trained. Parameters and everything needed to repeat a run lie in its directory. */
export const runs: Migration = {
  number: 3,
  name: 'runs',
  sql: `
CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  -- Dataset id. No foreign key: a run outlives its dataset, and says so when it is resumed.
  dataset TEXT NOT NULL,
  objective TEXT NOT NULL,
  device TEXT NOT NULL,
  parameter_count INTEGER NOT NULL,
  -- What its process said last. One that died without a word stays 'running': whoever reads looks at the lock run:<id>.
  status TEXT NOT NULL CHECK (status IN ('running', 'paused', 'cancelled', 'failed', 'diverged', 'done')),
  step INTEGER NOT NULL DEFAULT 0,
  total_steps INTEGER NOT NULL,
  -- Validation metric that picks the best checkpoint, its best value and the step of it.
  select_by TEXT NOT NULL,
  best_value REAL,
  best_step INTEGER,
  -- The ErrorDocument of a failed or diverged run, as JSON.
  error TEXT,
  -- ISO-8601, UTC.
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE run_steps (
  run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  -- Weighted loss that was minimised.
  loss REAL NOT NULL,
  learning_rate REAL NOT NULL,
  -- Before clipping.
  gradient_norm REAL NOT NULL,
  tokens_per_second REAL NOT NULL,
  PRIMARY KEY (run, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_groups (
  run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  -- head, middle, tail.
  name TEXT NOT NULL,
  -- Running unweighted loss of the group's tokens; NULL before the first.
  loss REAL,
  -- Mean weight of the group's tokens in the objective.
  weight REAL NOT NULL,
  PRIMARY KEY (run, step, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_validations (
  run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  nll REAL NOT NULL,
  accuracy REAL NOT NULL,
  macro_recall REAL NOT NULL,
  targets INTEGER NOT NULL,
  PRIMARY KEY (run, step)
) STRICT, WITHOUT ROWID;
`,
}
