import type { Reject } from '../../shared/logs.ts'
import { selectRejects } from '../storage/rejects.ts'
import { findSource } from '../storage/sources.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'

/** Which of the refused rows: `offset` of them are passed over, of one `reason` (as of `encodePhrase`) only where it is given. */
export interface RejectSelection {
  reason?: string
  offset?: number
  limit?: number
}

/** The rows of a source that were not imported, in the order of the files. @throws WorkbenchError `not-found` for an unknown source. */
export function listRejects(workspace: ReadWorkspace, nameOrId: string, selection: RejectSelection = {}): Reject[] {
  const { reason, offset = 0, limit = Number.MAX_SAFE_INTEGER } = selection
  const source = findSource(workspace.database, nameOrId)
  return selectRejects(workspace.database, source.id, { reason, offset, limit })
}
