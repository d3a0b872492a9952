import { strict as assert } from 'node:assert'
import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import type { ReadDatabase, WriteDatabase } from './database.ts'
import { migrations as allMigrations } from './migrations/index.ts'
import type { Migration } from './migrations/migration.ts'

/** 'BGPT': marks a file as a workbench database. */
const applicationId = 0x42475054

function pragma(database: ReadDatabase, name: string): number {
  const row = database.query<Record<string, number>>(`PRAGMA ${name}`).get()
  assert(row !== undefined, `PRAGMA ${name} gave no row`)
  return Number(Object.values(row)[0])
}

/** The schema version of an open database: the number of its last migration, 0 for an empty one. */
export function schemaVersion(database: ReadDatabase): number {
  return pragma(database, 'user_version')
}

/** Refuses a file of another program and a workspace written by a newer version of this one. */
function refuseForeign(database: ReadDatabase, newest: number): void {
  const isOurs = pragma(database, 'application_id') === applicationId
  if (!isOurs && pragma(database, 'schema_version') !== 0) {
    throw new WorkbenchError(
      'corrupt',
      phrase`${database.file} is a database of another program.`,
      phrase`Choose another workspace folder.`,
    )
  }
  const version = schemaVersion(database)
  if (version > newest) {
    throw new WorkbenchError(
      'storage',
      phrase`The workspace ${database.file} has schema version ${version}, but this version of the program knows only up to ${newest}.`,
      phrase`It was written by a newer version: update the program, or choose another workspace.`,
    )
  }
}

/**
 * Brings the database to the newest schema, one transaction per migration; does nothing when it is there already. Safe when several processes open a workspace at once.
 * @throws WorkbenchError `storage` when the schema is newer than this program, `corrupt` when the file is not ours.
 */
export function migrate(database: WriteDatabase, migrations: readonly Migration[] = allMigrations): void {
  const newest = newestVersion(migrations)
  refuseForeign(database, newest)
  while (schemaVersion(database) < newest) {
    database.transaction(() => {
      const version = schemaVersion(database)
      const next = migrations.find(({ number }) => number > version)
      if (next === undefined) return
      database.execute(next.sql)
      database.execute(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${next.number}`)
    })
  }
}

function newestVersion(migrations: readonly Migration[]): number {
  let newest = 0
  for (const { number, name } of migrations) {
    assert(number > newest, `migration ${number} ${name} comes after number ${newest}`)
    newest = number
  }
  return newest
}

/**
 * Checks that a reader knows the schema.
 * @returns false when the database must be migrated first, by opening it for writing.
 */
export function isCurrent(database: ReadDatabase, migrations: readonly Migration[] = allMigrations): boolean {
  const newest = newestVersion(migrations)
  refuseForeign(database, newest)
  return schemaVersion(database) === newest
}
