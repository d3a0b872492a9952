import type { Migration } from './migration.ts'

/** What a person chose for the workspace, whichever host shows it; and refused rows found by why they were refused. */
export const settings: Migration = {
  number: 9,
  name: 'settings',
  sql: `
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  -- JSON. A setting without a row has its default.
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX rejects_by_reason ON rejects (source, reason);
`,
}
