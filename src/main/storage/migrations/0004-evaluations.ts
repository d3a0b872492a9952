import type { Migration } from './migration.ts'

/** What was measured of runs. The predictions behind a result lie beside it in the run's directory. */
export const evaluations: Migration = {
  number: 4,
  name: 'evaluations',
  sql: `
CREATE TABLE evaluations (
  run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  split TEXT NOT NULL CHECK (split IN ('valid', 'test')),
  checkpoint TEXT NOT NULL CHECK (checkpoint IN ('best', 'last')),
  -- Rule by which head, middle and tail were cut.
  rule TEXT NOT NULL,
  -- Post-hoc logit adjustment, 0 for none.
  adjustment REAL NOT NULL,
  -- ISO-8601, UTC.
  created_at TEXT NOT NULL,
  -- The EvaluationResult, as JSON.
  result TEXT NOT NULL,
  PRIMARY KEY (run, split, checkpoint, rule, adjustment)
) STRICT, WITHOUT ROWID;
`,
}
