import { WorkbenchError } from '../../shared/errors.ts'
import type { JobRecord } from '../../shared/jobs.ts'
import { phrase } from '../../shared/phrase.ts'
import { cancelQueuedJob, findJob } from '../storage/jobs.ts'
import type { WriteWorkspace } from '../storage/workspace.ts'
import { kindWord, stateWords } from './words.ts'

/**
 * Asks a job of any process to stop at its next safe point; one that waits leaves the queue.
 * @throws WorkbenchError `not-found`, `conflict` when it does not run.
 */
export function cancelJob({ database }: WriteWorkspace, id: number): JobRecord {
  if (cancelQueuedJob(database, id)) return findJob(database, id)
  const record = findJob(database, id)
  if (record.state !== 'running') {
    throw new WorkbenchError(
      'conflict',
      phrase`Job ${String(id)} (${kindWord(record.kind)}) does not run: it is ${stateWords[record.state]}.`,
    )
  }
  process.kill(record.pid, 'SIGTERM')
  return record
}
