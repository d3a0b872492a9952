import type { EventAnchors } from '../../shared/explore.ts'
import { eventAnchors } from '../storage/explore-events.ts'
import { readySources, resolveSources } from '../storage/sources.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'

const mostAnchors = 4_000
const closest = 2_048

/**
 * Starting points for reading the events of the given sources (all when none is named) anywhere in their order, some thousand at most.
 * @throws WorkbenchError `not-found` for an unknown source.
 */
export function findEventAnchors(workspace: ReadWorkspace, namesOrIds: readonly string[]): EventAnchors {
  return workspace.database.snapshot(() => {
    const { database } = workspace
    const sources = namesOrIds.length > 0 ? resolveSources(database, namesOrIds) : readySources(database)
    const total = sources.reduce((sum, { events }) => sum + events, 0)
    return eventAnchors(database, sources, Math.max(closest, Math.ceil(total / mostAnchors)))
  })
}
