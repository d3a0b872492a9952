import type { Migration } from './migration.ts'

/** What the extra heads of a model learned and what they predict for the users of the log. Runs and scorings without them have no rows here. */
export const heads: Migration = {
  number: 12,
  name: 'heads',
  sql: `
CREATE TABLE run_head_steps (
  run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  -- location, gap.
  head TEXT NOT NULL,
  -- Mean cross-entropy of the counted tokens, without the head's weight.
  loss REAL NOT NULL,
  PRIMARY KEY (run, step, head)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_head_validations (
  run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  head TEXT NOT NULL,
  nll REAL NOT NULL,
  accuracy REAL NOT NULL,
  PRIMARY KEY (run, step, head)
) STRICT, WITHOUT ROWID;

CREATE TABLE scored_heads (
  scoring INTEGER NOT NULL,
  -- The user's position.
  user INTEGER NOT NULL,
  head TEXT NOT NULL,
  -- Name of the most probable location, empty for elsewhere or unknown, or number of the most probable bucket of the time gap.
  value TEXT NOT NULL,
  probability REAL NOT NULL,
  PRIMARY KEY (scoring, user, head),
  FOREIGN KEY (scoring, user) REFERENCES scored_users (scoring, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
`,
}
