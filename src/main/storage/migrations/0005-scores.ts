import type { Migration } from './migration.ts'

/**
 * What runs predict for the users of the log. A scoring keeps its own names, so that it reads the same after a source or dataset was removed, and numbers users in
 * the order of computing, so that rows are only ever appended.
 */
export const scores: Migration = {
  number: 5,
  name: 'scores',
  sql: `
CREATE TABLE scorings (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run TEXT NOT NULL,
  checkpoint TEXT NOT NULL,
  top INTEGER NOT NULL,
  -- Local time of the predicted events, where the run uses it.
  target_time TEXT,
  -- 'writing' until it is complete: invisible, and swept away after a crash.
  state TEXT NOT NULL CHECK (state IN ('writing', 'ready')),
  users INTEGER NOT NULL DEFAULT 0,
  -- ISO-8601, UTC.
  created_at TEXT NOT NULL
) STRICT;
-- At most one finished scoring per run.
CREATE UNIQUE INDEX scorings_ready ON scorings (run) WHERE state = 'ready';

CREATE TABLE scored_behaviours (
  scoring INTEGER NOT NULL REFERENCES scorings (id) ON DELETE CASCADE,
  class INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (scoring, class)
) STRICT, WITHOUT ROWID;

CREATE TABLE scored_users (
  scoring INTEGER NOT NULL REFERENCES scorings (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  -- Events of the history that was scored.
  events INTEGER NOT NULL,
  PRIMARY KEY (scoring, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX scored_users_by_name ON scored_users (scoring, name);

CREATE TABLE scores (
  scoring INTEGER NOT NULL,
  -- The user's position.
  user INTEGER NOT NULL,
  -- 1 is the most probable.
  rank INTEGER NOT NULL,
  class INTEGER NOT NULL,
  probability REAL NOT NULL,
  PRIMARY KEY (scoring, user, rank),
  FOREIGN KEY (scoring, user) REFERENCES scored_users (scoring, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
`,
}
