import type { Migration } from './migration.ts'

/** What the events of a source add up to, so that a disk that changed them is noticed. Sources of before have none and are not checked. */
export const checksums: Migration = {
  number: 11,
  name: 'checksums',
  sql: `
CREATE TABLE source_checksums (
  source INTEGER PRIMARY KEY REFERENCES sources (id) ON DELETE CASCADE,
  -- Sum of the events' hashes modulo 2^32, see event-checksum.ts.
  events INTEGER NOT NULL
) STRICT;
`,
}
