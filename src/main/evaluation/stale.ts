import { WorkbenchError } from '../../shared/errors.ts'
import type { EvaluatedCheckpoint } from '../storage/evaluations.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import { checkpointDirectory, readCheckpointState, readCheckpointStep } from '../training/checkpoints.ts'
import { runDirectory } from '../training/run-directory.ts'

/**
 * Whether a run's checkpoint has been replaced since it was evaluated: it is of another step, or was saved later where the evaluation does not say its step. No parameters are
 * read. A checkpoint that is gone or damaged replaced nothing.
 */
export function isStale(workspace: ReadWorkspace, run: string, evaluated: EvaluatedCheckpoint): boolean {
  const { checkpoint, checkpointStep, createdAt } = evaluated
  try {
    const directory = checkpointDirectory(runDirectory(workspace, run), checkpoint)
    return checkpointStep === undefined
      ? readCheckpointState(directory).savedAt > createdAt
      : readCheckpointStep(directory) !== checkpointStep
  } catch (error) {
    if (error instanceof WorkbenchError && ['corrupt', 'not-found'].includes(error.code)) return false
    throw error
  }
}
