import { logs } from './0001-logs.ts'
import type { Migration } from './migration.ts'

/** Every migration in the order of its number, which is also the schema version that it leads to. A released one never changes. */
export const migrations: readonly Migration[] = [
  logs,
  // One line per migration.
]
