import type { Migration } from './migration.ts'

/**
 * Reviews. A project keeps its sequences as they were read, with names, so that it outlives its source, dataset and run. What a reviewer does is
 * appended to a log that is never changed: an action knows the one that it followed, undo and redo move the reviewer's cursor along these links, and
 * decisions are what the log amounts to at the cursor.
 */
export const review: Migration = {
  number: 8,
  name: 'review',
  sql: `
CREATE TABLE review_projects (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  strategy TEXT NOT NULL CHECK (strategy IN ('random', 'tail-first', 'uncertain', 'disagrees')),
  seed INTEGER NOT NULL,
  length INTEGER NOT NULL,
  -- The ReviewOrigin, as JSON.
  origin TEXT NOT NULL,
  simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),
  schema_version INTEGER NOT NULL DEFAULT 1,
  -- ISO-8601, UTC.
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE review_labels (
  project INTEGER NOT NULL REFERENCES review_projects (id) ON DELETE CASCADE,
  -- Numbered per project, never used again.
  id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('sequence', 'event', 'span')),
  key TEXT NOT NULL,
  colour TEXT NOT NULL,
  description TEXT NOT NULL,
  behaviour TEXT,
  retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
  PRIMARY KEY (project, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE review_sequences (
  id INTEGER PRIMARY KEY,
  project INTEGER NOT NULL REFERENCES review_projects (id) ON DELETE CASCADE,
  -- Place in the queue, from 0.
  position INTEGER NOT NULL,
  user TEXT NOT NULL,
  events INTEGER NOT NULL,
  -- The ReviewSequence without its position, as JSON.
  content TEXT NOT NULL,
  UNIQUE (project, position)
) STRICT;

CREATE TABLE review_reviewers (
  project INTEGER NOT NULL REFERENCES review_projects (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('reviewer', 'adjudicator')),
  -- The last action that counts; 0 before the first.
  cursor INTEGER NOT NULL DEFAULT 0,
  -- Counts actions, undos and redos.
  version INTEGER NOT NULL DEFAULT 0,
  position INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (project, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE review_actions (
  project INTEGER NOT NULL,
  reviewer TEXT NOT NULL,
  -- From 1, per reviewer.
  number INTEGER NOT NULL,
  -- The action that counted last when this one was made; 0 for none.
  parent INTEGER NOT NULL,
  position INTEGER NOT NULL,
  -- The ReviewAction, and the Decision before and after it, as JSON.
  action TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (project, reviewer, number),
  FOREIGN KEY (project, reviewer) REFERENCES review_reviewers (project, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX review_actions_by_parent ON review_actions (project, reviewer, parent, number);
CREATE TRIGGER review_actions_stay BEFORE UPDATE ON review_actions BEGIN
  SELECT RAISE(ABORT, 'the log of actions is only appended to');
END;

CREATE TABLE review_decisions (
  project INTEGER NOT NULL,
  position INTEGER NOT NULL,
  reviewer TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'skipped')),
  flagged INTEGER NOT NULL CHECK (flagged IN (0, 1)),
  note TEXT NOT NULL,
  -- PlacedLabels as JSON, in their one order: equal texts are equal labels.
  labels TEXT NOT NULL,
  seconds REAL NOT NULL,
  PRIMARY KEY (project, position, reviewer),
  FOREIGN KEY (project, reviewer) REFERENCES review_reviewers (project, name) ON DELETE CASCADE,
  FOREIGN KEY (project, position) REFERENCES review_sequences (project, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
-- Removing a reviewer's rows without a scan, and progress.
CREATE INDEX review_decisions_by_reviewer ON review_decisions (project, reviewer, state, flagged, seconds);
`,
}
