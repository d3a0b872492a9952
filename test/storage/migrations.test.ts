import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openWriteDatabase, type WriteDatabase } from '../../src/main/storage/database.ts'
import { migrations } from '../../src/main/storage/migrations/index.ts'
import { migrate, schemaVersion } from '../../src/main/storage/schema.ts'
import { temporaryFolder } from '../support/folders.ts'

/** Rows for the tables of each migration, and rows that its rules refuse. */
const samples: Record<string, { seed: string; refused: string[] }> = {
  logs: {
    seed: `
      INSERT INTO sources (id, name, state, format, mapping, time_format, time_zone, simulated, created_at)
        VALUES (1, 'phones', 'ready', 'csv', '{}', 'iso', 'UTC', 0, '2025-01-01');
      INSERT INTO users VALUES (1, 'u'); INSERT INTO behaviours VALUES (1, 'walk'); INSERT INTO locations VALUES (1, 'home');
      INSERT INTO source_files (source, position, path, sha256, size) VALUES (1, 0, 'log.csv', 'abc', 10);
      INSERT INTO events VALUES (1, 1000, 1, 0, 1, 1, 60);
      INSERT INTO source_users VALUES (1, 1, 1); INSERT INTO source_behaviours VALUES (1, 1, 1);
      INSERT INTO source_locations VALUES (1, 1, 1); INSERT INTO source_hours VALUES (1, 3, 12, 1);
      INSERT INTO rejects VALUES (1, 0, 'log.csv', 3, 'time', 'empty', 'u,,walk');
      INSERT INTO locks VALUES ('logs', 1, '1', 't', 'importing', '2025-01-01');`,
    refused: [
      `INSERT INTO users VALUES (2, 'u')`,
      'INSERT INTO events VALUES (1, 1000, 1, 0, 1, 1, 60)',
      `UPDATE sources SET state = 'lost'`,
    ],
  },
  datasets: {
    seed: `
      INSERT INTO datasets VALUES ('d', 'hash', '{}', '{}', 0, '2025-01-01');
      INSERT INTO dataset_names VALUES ('phones', 'd');
      INSERT INTO simulations VALUES (1, '{}');`,
    refused: [`INSERT INTO dataset_names VALUES ('lost', 'none')`, "INSERT INTO simulations VALUES (9, '{}')"],
  },
  runs: {
    seed: `
      INSERT INTO runs VALUES ('r', 'run', 'd', 'ce', 'cpu', 100, 'done', 1, 1, 'nll', NULL, NULL, NULL, '2025-01-01', '2025-01-01');
      INSERT INTO run_steps VALUES ('r', 1, 2.5, 0.001, 1, 1000);
      INSERT INTO run_groups VALUES ('r', 1, 'tail', NULL, 1);
      INSERT INTO run_validations VALUES ('r', 1, 2.5, 0.5, 0.25, 10);`,
    refused: [`UPDATE runs SET status = 'lost'`, `INSERT INTO run_steps VALUES ('none', 1, 2.5, 0.001, 1, 1000)`],
  },
  evaluations: {
    seed: `INSERT INTO evaluations VALUES ('r', 'test', 'best', 'share', 0, '2025-01-01', '{}');`,
    refused: [
      `INSERT INTO evaluations VALUES ('r', 'train', 'best', 'share', 0, '2025-01-01', '{}')`,
      `INSERT INTO evaluations VALUES ('none', 'test', 'best', 'share', 0, '2025-01-01', '{}')`,
    ],
  },
  scores: {
    seed: `
      INSERT INTO scorings VALUES (1, 'r', 'best', 1, NULL, 'ready', 1, '2025-01-01');
      INSERT INTO scored_behaviours VALUES (1, 0, 'walk'); INSERT INTO scored_users VALUES (1, 0, 'u', 1);
      INSERT INTO scores VALUES (1, 0, 1, 0, 0.5);`,
    refused: [
      // A second finished scoring of one run, and a score of nobody.
      `INSERT INTO scorings VALUES (2, 'r', 'best', 1, NULL, 'ready', 1, '2025-01-01')`,
      'INSERT INTO scores VALUES (1, 9, 1, 0, 0.5)',
    ],
  },
  jobs: {
    seed: `
      INSERT INTO jobs (id, kind, input, state, pid, process_started, started_at, updated_at)
        VALUES (1, 'train', '{}', 'running', 1, '1', '2025-01-01', '2025-01-01');`,
    refused: [`UPDATE jobs SET state = 'lost'`],
  },
  'job-queue': {
    seed: `
      INSERT INTO jobs (id, kind, input, state, pid, process_started, result, started_at, updated_at)
        VALUES (2, 'train', '{}', 'queued', 1, '1', '{}', '2025-01-01', '2025-01-01');`,
    refused: [`UPDATE jobs SET state = 'lost'`],
  },
  review: {
    seed: `
      INSERT INTO review_projects VALUES (1, 'p', 'random', 1, 24, '{}', 0, 1, '2025-01-01');
      INSERT INTO review_labels VALUES (1, 1, 0, 'odd', 'event', 'o', '#b3261e', '', NULL, 0);
      INSERT INTO review_sequences VALUES (1, 1, 0, 'u', 2, '{}');
      INSERT INTO review_reviewers (project, name, role, cursor, version, position) VALUES (1, 'Ada', 'reviewer', 1, 1, 0);
      INSERT INTO review_actions (project, reviewer, number, parent, position, action, before, after, created_at)
        VALUES (1, 'Ada', 1, 0, 0, '{}', '{}', '{}', '2025-01-01');
      INSERT INTO review_decisions (project, position, reviewer, state, flagged, note, labels, seconds)
        VALUES (1, 0, 'Ada', 'accepted', 0, '', '[]', 3.5);`,
    refused: [
      // An action of nobody, a decision on a sequence that is not there, and two of one person on one sequence.
      `INSERT INTO review_actions VALUES (1, 'Bob', 1, 0, 0, '{}', '{}', '{}', '2025-01-01')`,
      `INSERT INTO review_decisions VALUES (1, 9, 'Ada', 'accepted', 0, '', '[]', 3.5)`,
      `INSERT INTO review_decisions VALUES (1, 0, 'Ada', 'skipped', 0, '', '[]', 3.5)`,
    ],
  },
  settings: {
    seed: `INSERT INTO settings VALUES ('theme', '"dark"');`,
    refused: [`INSERT INTO settings VALUES ('theme', '"light"')`],
  },
  checksums: {
    seed: 'INSERT INTO source_checksums VALUES (1, 4294967295);',
    refused: ['INSERT INTO source_checksums VALUES (1, 2)', 'INSERT INTO source_checksums VALUES (99, 1)'],
  },
  heads: {
    seed: `
      INSERT INTO run_head_steps VALUES ('r', 1, 'gap', 2.5); INSERT INTO run_head_validations VALUES ('r', 1, 'gap', 2.5, 0.25);
      INSERT INTO scored_heads VALUES (1, 0, 'location', 'cafe', 0.5);`,
    refused: [
      `INSERT INTO run_head_steps VALUES ('r', 1, 'gap', 2)`,
      `INSERT INTO run_head_validations VALUES ('none', 1, 'gap', 2, 0.5)`,
      `INSERT INTO scored_heads VALUES (1, 9, 'location', 'cafe', 0.5)`,
    ],
  },
  'schema-versions': {
    seed: 'INSERT INTO review_schema_labels VALUES (1, 2, 1);',
    refused: [
      // What was kept of the label that was there before, and labels of no review.
      'INSERT INTO review_schema_labels VALUES (1, 0, 1)',
      'INSERT INTO review_schema_labels VALUES (1, 1, 1)',
      'INSERT INTO review_schema_labels VALUES (9, 1, 1)',
    ],
  },
  'first-scores': {
    // Indexes alone: what was scored before is found in them.
    seed: '',
    refused: [],
  },
  'named-reviewers': {
    seed: `INSERT INTO review_reviewers (project, name, role, cursor, version, position, named) VALUES (1, 'Ben', 'reviewer', 0, 0, 0, 1);`,
    refused: ['UPDATE review_reviewers SET named = 2'],
  },
  contents: {
    seed: "INSERT INTO source_files VALUES (1, 1, 'log.csv.gz', 'def', 5, 'abc', 10);",
    refused: ["INSERT INTO source_files VALUES (1, 2, 'log.csv.zst', 'ghi', 4, 'abc', 10)"],
  },
  activity: {
    seed: `
      INSERT INTO source_days VALUES (1, 5, 2);
      INSERT INTO source_behaviour_days VALUES (1, 1, 5, 2); INSERT INTO source_behaviour_hours VALUES (1, 1, 167, 2);`,
    refused: [
      // What was counted from the event that was there before, and an hour that no week has.
      'INSERT INTO source_days VALUES (1, 0, 1)',
      'INSERT INTO source_behaviour_days VALUES (1, 1, 0, 1)',
      'INSERT INTO source_behaviour_hours VALUES (1, 1, 73, 1)',
      'INSERT INTO source_behaviour_hours VALUES (1, 1, 168, 1)',
    ],
  },
}

/** Every row of every table. */
function everything(database: WriteDatabase): Record<string, unknown[]> {
  const tables = database.query<{ name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all()
  return Object.fromEntries(tables.map(({ name }) => [name, database.query(`SELECT * FROM ${name}`).all()]))
}

test.each(migrations)('$number $name keeps what was there, and its rules hold', ({ number, name }) => {
  const database = openWriteDatabase(path.join(temporaryFolder(), 'workbench.db'))
  onTestFinished(() => database.close())
  const earlier = migrations.slice(0, number - 1)
  migrate(database, earlier)
  for (const migration of earlier) database.execute(samples[migration.name].seed)
  const before = everything(database)
  migrate(database, migrations.slice(0, number))
  expect(schemaVersion(database)).toBe(number)
  expect(everything(database)).toMatchObject(before)
  const { seed, refused } = samples[name]
  database.execute(seed)
  for (const sql of refused) expect(() => database.execute(sql), sql).toThrow(/constraint failed/)
})
