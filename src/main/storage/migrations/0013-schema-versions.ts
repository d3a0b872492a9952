import type { Migration } from './migration.ts'

/**
 * Which labels there were when a sequence was accepted. Every version of a schema keeps its labels, and an acceptance the version that it was made under.
 *
 * Nothing told either before, so what was accepted by then counts as before, for every label that there is: it was accepted under version 0, which has them all, the
 * retired ones too. That is certain where the schema was never changed; else whoever accepts a sequence again says under which labels.
 */
export const schemaVersions: Migration = {
  number: 13,
  name: 'schema-versions',
  sql: `
CREATE TABLE review_schema_labels (
  project INTEGER NOT NULL REFERENCES review_projects (id) ON DELETE CASCADE,
  -- From 1, as in review_projects; 0 for what was accepted before this was kept.
  version INTEGER NOT NULL,
  label INTEGER NOT NULL,
  PRIMARY KEY (project, version, label)
) STRICT, WITHOUT ROWID;
INSERT INTO review_schema_labels SELECT project, 0, id FROM review_labels;
INSERT INTO review_schema_labels
  SELECT l.project, p.schema_version, l.id FROM review_labels l JOIN review_projects p ON p.id = l.project WHERE l.retired = 0;

-- The version that the person's window was told last.
ALTER TABLE review_reviewers ADD COLUMN schema_version INTEGER NOT NULL DEFAULT 0;
UPDATE review_reviewers SET schema_version = (SELECT schema_version FROM review_projects WHERE id = project);

-- The version under which the sequence was accepted last, before and after the action; 0 also for one that never was.
ALTER TABLE review_actions ADD COLUMN accepted_under_before INTEGER NOT NULL DEFAULT 0;
ALTER TABLE review_actions ADD COLUMN accepted_under_after INTEGER NOT NULL DEFAULT 0;
ALTER TABLE review_decisions ADD COLUMN accepted_under INTEGER NOT NULL DEFAULT 0;
`,
}
