import { WorkbenchError } from '../../shared/errors.ts'
import type { Source } from '../../shared/logs.ts'
import { phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import { withLock } from '../storage/locks.ts'
import { hideSource, logsLock, sweepSources } from '../storage/source-removal.ts'
import { findSource } from '../storage/sources.ts'
import type { WriteWorkspace } from '../storage/workspace.ts'
import { ProgressMeter } from './progress-meter.ts'

/**
 * Removes a source with its events, rejects and the names that only it had; nothing else. From its first moment the source is invisible, and a removal that is
 * interrupted is completed when the workspace is opened next; so is one for which the disk is too full, which a warning says. Datasets built from it stay as they are.
 * @returns the source as it was.
 * @throws WorkbenchError `not-found`, or `locked` while another process imports.
 */
export async function removeSource(workspace: WriteWorkspace, nameOrId: string, context: JobContext): Promise<Source> {
  return withLock(workspace.database, logsLock, phrase`removing source ${nameOrId}`, async () => {
    const source = findSource(workspace.database, nameOrId)
    hideSource(workspace.database, source.id)
    const meter = new ProgressMeter(context, 'users')
    let done = 0
    try {
      sweepSources(workspace.database, (users) => {
        done += users
        meter.report(phrase`removing ${source.name}`, done, undefined)
      })
    } catch (error) {
      if (!(error instanceof WorkbenchError && error.code === 'storage')) throw error
      const { message } = error.toDocument()
      context.warn(
        phrase`The source ${source.name} is removed, but its space is not free yet: ${message} That is done when the workspace is next opened with enough room on its disk.`,
      )
    }
    return source
  })
}
