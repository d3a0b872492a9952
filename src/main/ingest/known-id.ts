import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { findId } from '../storage/dictionaries.ts'

/** The id of a user or behaviour that somebody names. @throws WorkbenchError `not-found` for a name that is not in the dictionary. */
export function knownId(database: ReadDatabase, kind: 'users' | 'behaviours', name: string): number {
  const id = findId(database, kind, name)
  if (id === undefined) throw unknownName(kind, name)
  return id
}

/** That a user or behaviour does not occur in the sources that were asked. */
export const unknownName = (kind: 'users' | 'behaviours', name: string) =>
  new WorkbenchError(
    'not-found',
    phrase`There is no ${kind === 'users' ? phrase`user` : phrase`behaviour`} ${name} in these sources.`,
    phrase`Search for it, or choose other sources.`,
  )
