import type { Migration } from './migration.ts'

/**
 * Who was named when a review was made. Others are told of once they have done something: a name that was mistyped at the desk is nobody.
 *
 * Nothing told them apart before. Of reviewers it is assumed that they were named; those who decide never were.
 */
export const namedReviewers: Migration = {
  number: 14,
  name: 'named-reviewers',
  sql: `
ALTER TABLE review_reviewers ADD COLUMN named INTEGER NOT NULL DEFAULT 0 CHECK (named IN (0, 1));
UPDATE review_reviewers SET named = 1 WHERE role = 'reviewer';
`,
}
