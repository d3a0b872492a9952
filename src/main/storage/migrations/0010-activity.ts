import type { Migration } from './migration.ts'

/** Local wall-clock time of an event, and the whole days since 1970 and the hour of the week (0 = Monday, 0 o'clock) that it falls in. */
const local = '(time + 60000 * utc_offset)'
const floorDivide = (value: string, by: number) => `((${value} - ((${value} % ${by}) + ${by}) % ${by}) / ${by})`
const day = floorDivide(local, 86_400_000)
const hourOfWeek = `((${floorDivide(local, 3_600_000)} + 72) % 168 + 168) % 168`

/**
 * When things happen, per source: events by local day, and each behaviour's events by local day and by hour of the week. Charts of time read these instead of the events;
 * for a behaviour they are as many rows as days on which it occurs, and 168. A behaviour is in source_behaviours as long as it is
 * here; a reference of its own would need an index of its own.
 */
export const activity: Migration = {
  number: 10,
  name: 'activity',
  sql: `
CREATE TABLE source_days (
  source INTEGER NOT NULL REFERENCES sources (id),
  -- Whole days since 1970-01-01 of the local wall clock.
  day INTEGER NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (source, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE source_behaviour_days (
  source INTEGER NOT NULL REFERENCES sources (id),
  behaviour INTEGER NOT NULL,
  day INTEGER NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (source, behaviour, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE source_behaviour_hours (
  source INTEGER NOT NULL REFERENCES sources (id),
  behaviour INTEGER NOT NULL,
  -- 24 * weekday + hour of the local wall clock; weekday 0 is Monday.
  hour INTEGER NOT NULL CHECK (hour BETWEEN 0 AND 167),
  events INTEGER NOT NULL,
  PRIMARY KEY (source, behaviour, hour)
) STRICT, WITHOUT ROWID;

INSERT INTO source_behaviour_days
  SELECT source, behaviour, ${day} AS day, count(*) FROM events WHERE source IN (SELECT id FROM sources WHERE state = 'ready') GROUP BY source, behaviour, day;
INSERT INTO source_behaviour_hours
  SELECT source, behaviour, ${hourOfWeek} AS hour, count(*) FROM events WHERE source IN (SELECT id FROM sources WHERE state = 'ready') GROUP BY source, behaviour, hour;
INSERT INTO source_days SELECT source, day, sum(events) FROM source_behaviour_days GROUP BY source, day;
`,
}
