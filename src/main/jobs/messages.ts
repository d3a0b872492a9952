import type { ErrorDocument } from '../../shared/errors.ts'
import type { Phrase } from '../../shared/phrase.ts'
import { type Progress, pauseReason } from '../../shared/progress.ts'

/** `signal.reason` of a host's jobs when the host itself ends. */
export const leaveReason = 'leave'

/** What the host tells a job's process. */
export type HostMessage =
  /** `queued`: the number under which the job waits already. */
  | { type: 'start'; kind: string; input: unknown; workspace: string; queued?: number }
  /** Stop now, leaving nothing half-done. */
  | { type: 'cancel' }
  /** Stop at the next point from which the work can be taken up again. */
  | { type: 'pause' }
  /** The host ends in order: stop as for a pause, and where that is not possible, as what nobody cancelled. */
  | { type: 'leave' }

/** How a job is told that its host's signal was aborted for a reason. */
export function stopMessage(reason: unknown): HostMessage {
  if (reason === leaveReason) return { type: 'leave' }
  return { type: reason === pauseReason ? 'pause' : 'cancel' }
}

/** What a job's process tells its host. Exactly one `result` or `error` ends the conversation. */
export type JobMessage =
  /** The job is listed in the workspace under this number. */
  | { type: 'listed'; id: number }
  /** The process hears what it is told; said regularly. */
  | { type: 'alive' }
  | { type: 'progress'; progress: Progress }
  | { type: 'warning'; message: Phrase }
  | { type: 'result'; result: unknown }
  | { type: 'error'; error: ErrorDocument }
