import type { WriteDatabase } from '../../src/main/storage/database.ts'

/** Writes the tallies of sources that were added to a test's log without an import. */
export function refreshTallies(database: WriteDatabase): void {
  for (const kind of ['user', 'behaviour', 'location']) {
    database
      .change(`INSERT INTO source_${kind}s SELECT source, ${kind}, count(*) FROM events GROUP BY source, ${kind}`)
      .run()
  }
}
