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
 * interrupted is completed when the workspace is opened next. Datasets built from it stay as they are.
 * @returns the source as it was.
 * @throws WorkbenchError `not-found`, or `locked` while another process imports.
 */
export async function removeSource(workspace: WriteWorkspace, nameOrId: string, context: JobContext): Promise<Source> {
  return withLock(workspace.database, logsLock, phrase`removing source ${nameOrId}`, async () => {
    const source = findSource(workspace.database, nameOrId)
    hideSource(workspace.database, source.id)
    const meter = new ProgressMeter(context, 'users')
    let done = 0
    sweepSources(workspace.database, (users) => {
      done += users
      meter.report(phrase`removing ${source.name}`, done, undefined)
    })
    return source
  })
}
