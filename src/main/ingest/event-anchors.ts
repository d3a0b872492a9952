import type { EventAnchors } from '../../shared/explore.ts'
import { eventAnchors, userAnchors } from '../storage/explore-events.ts'
import { readySources, resolveSources } from '../storage/sources.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import { knownId } from './known-id.ts'

const mostAnchors = 4_000
const closest = 2_048

/**
 * Starting points for reading the events of the given sources (all when none is named) anywhere in their order, or those of one user; some thousand at most.
 * @throws WorkbenchError `not-found` for an unknown source or user.
 */
export function findEventAnchors(
  workspace: ReadWorkspace,
  { sources: names, user }: { sources: readonly string[]; user: string | null },
): EventAnchors {
  return workspace.database.snapshot(() => {
    const { database } = workspace
    const sources = names.length > 0 ? resolveSources(database, names) : readySources(database)
    const total = sources.reduce((sum, { events }) => sum + events, 0)
    const every = Math.max(closest, Math.ceil(total / mostAnchors))
    return user === null
      ? eventAnchors(database, sources, every)
      : userAnchors(database, sources, knownId(database, 'users', user), every)
  })
}
