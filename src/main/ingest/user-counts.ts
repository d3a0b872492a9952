import type { UserCounts } from '../../shared/explore.ts'
import { noLocation } from '../storage/dictionaries.ts'
import { userNameCounts } from '../storage/explore-events.ts'
import { readySources, resolveSources } from '../storage/sources.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import { knownId, unknownName } from './known-id.ts'

/**
 * What a user does and where: every event of the user in the sources (all when none is named) is counted.
 * @throws WorkbenchError `not-found` for an unknown source or user, or one without events in the sources.
 */
export function countUser(
  workspace: ReadWorkspace,
  { sources: names, user: name }: { sources: readonly string[]; user: string },
): UserCounts {
  return workspace.database.snapshot(() => {
    const { database } = workspace
    const sources = names.length > 0 ? resolveSources(database, names) : readySources(database)
    const user = knownId(database, 'users', name)
    const behaviours = userNameCounts(database, sources, user, 'behaviours')
    if (behaviours.length === 0) throw unknownName('users', name)
    return {
      user: name,
      behaviours: behaviours.map((behaviour) => ({ name: behaviour.name, events: behaviour.events })),
      places: userNameCounts(database, sources, user, 'locations').map((place) => ({
        name: place.id === noLocation ? null : place.name,
        events: place.events,
      })),
    }
  })
}
