import type { Migration } from './migration.ts'

/**
 * What a file of a source holds once it is decompressed, so that a log is known again however it is compressed. Files of before have none: what was not compressed
 * is known by its own hash, which is the same, and a compressed one only as it was stored.
 */
export const contents: Migration = {
  number: 16,
  name: 'contents',
  sql: `
ALTER TABLE source_files ADD COLUMN content_sha256 TEXT;
-- Bytes.
ALTER TABLE source_files ADD COLUMN content_size INTEGER;
CREATE UNIQUE INDEX source_files_by_content ON source_files (content_sha256);
`,
}
