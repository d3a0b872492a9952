import type { Migration } from './migration.ts'

/**
 * Behaviour logs. Names are written once, in the dictionaries; an event is seven integers, clustered by user and time. The tallies hold per source how often each
 * dictionary entry occurs: statistics never scan the events, a source's users are found without an index over all events, and an entry without tallies is an orphan.
 */
export const logs: Migration = {
  number: 1,
  name: 'logs',
  sql: `
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE behaviours (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE locations (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
-- Location 0 is "none given".
INSERT INTO locations (id, name) VALUES (0, '');

CREATE TABLE sources (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  -- 'writing' until the import is complete, 'removing' from the moment of its removal: both are invisible and swept away after a crash.
  state TEXT NOT NULL CHECK (state IN ('writing', 'ready', 'removing')),
  format TEXT NOT NULL,
  mapping TEXT NOT NULL,
  time_format TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),
  rows INTEGER NOT NULL DEFAULT 0,
  events INTEGER NOT NULL DEFAULT 0,
  duplicates INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  -- Local wall-clock milliseconds of the first and last event.
  first_time INTEGER,
  last_time INTEGER,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE source_files (
  source INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  path TEXT NOT NULL,
  sha256 TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  PRIMARY KEY (source, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  user INTEGER NOT NULL,
  -- Instant in milliseconds since 1970 UTC; local wall-clock time is time + 60000 * utc_offset.
  time INTEGER NOT NULL,
  source INTEGER NOT NULL,
  -- Order in the file among the events of one user, time and source.
  tie INTEGER NOT NULL,
  behaviour INTEGER NOT NULL,
  location INTEGER NOT NULL,
  -- Minutes east of UTC.
  utc_offset INTEGER NOT NULL,
  PRIMARY KEY (user, time, source, tie)
) STRICT, WITHOUT ROWID;

CREATE TABLE source_users (
  source INTEGER NOT NULL,
  user INTEGER NOT NULL REFERENCES users (id),
  events INTEGER NOT NULL,
  PRIMARY KEY (source, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_users_by_user ON source_users (user, events);

CREATE TABLE source_behaviours (
  source INTEGER NOT NULL REFERENCES sources (id),
  behaviour INTEGER NOT NULL REFERENCES behaviours (id),
  events INTEGER NOT NULL,
  PRIMARY KEY (source, behaviour)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_behaviours_by_behaviour ON source_behaviours (behaviour, events);

CREATE TABLE source_locations (
  source INTEGER NOT NULL REFERENCES sources (id),
  location INTEGER NOT NULL REFERENCES locations (id),
  events INTEGER NOT NULL,
  PRIMARY KEY (source, location)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_locations_by_location ON source_locations (location, events);

-- Events by local hour; weekday 0 is Monday.
CREATE TABLE source_hours (
  source INTEGER NOT NULL REFERENCES sources (id),
  weekday INTEGER NOT NULL,
  hour INTEGER NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (source, weekday, hour)
) STRICT, WITHOUT ROWID;

CREATE TABLE rejects (
  source INTEGER NOT NULL REFERENCES sources (id),
  position INTEGER NOT NULL,
  file TEXT NOT NULL,
  line INTEGER NOT NULL,
  field TEXT NOT NULL,
  reason TEXT NOT NULL,
  raw TEXT NOT NULL,
  PRIMARY KEY (source, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE locks (
  name TEXT PRIMARY KEY,
  pid INTEGER NOT NULL,
  process_started TEXT NOT NULL,
  token TEXT NOT NULL,
  purpose TEXT NOT NULL,
  acquired_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`,
}
