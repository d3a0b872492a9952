import { phrase } from '../../shared/phrase.ts'
import type { RunRecord } from '../../shared/runs.ts'
import { removeDirectoryAtomic } from '../storage/files.ts'
import { acquireLock } from '../storage/locks.ts'
import { deleteRun, findRun, runLock } from '../storage/runs.ts'
import { removeScorings, scoresLock } from '../storage/scores.ts'
import type { WriteWorkspace } from '../storage/workspace.ts'
import { runDirectory } from './run-directory.ts'

/**
 * Removes a run: its scores, history and evaluations and its place on the list first, then its directory with the checkpoints.
 * @returns the run as it was.
 * @throws WorkbenchError `not-found`, or `locked` while a process trains it or scores users with it.
 */
export async function removeRun(workspace: WriteWorkspace, idOrName: string): Promise<RunRecord> {
  const { database } = workspace
  const run = findRun(database, idOrName)
  const purpose = phrase`removing the run "${run.name}"`
  using _training = acquireLock(database, runLock(run.id), purpose)
  using _scoring = acquireLock(database, scoresLock(run.id), purpose)
  removeScorings(database, run.id)
  deleteRun(database, run.id)
  await removeDirectoryAtomic(runDirectory(workspace, run.id))
  return run
}
