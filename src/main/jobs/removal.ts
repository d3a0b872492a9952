import type { DatasetRecord } from '../../shared/datasets.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { atTerminal, phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import type { RunRecord } from '../../shared/runs.ts'
import { removeDataset } from '../dataset/removal.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { requireDataset } from '../storage/datasets.ts'
import { listRunningJobs } from '../storage/jobs.ts'
import { findRun, runsOfDataset } from '../storage/runs.ts'
import type { WriteWorkspace } from '../storage/workspace.ts'
import { removeRun } from '../training/removal.ts'
import { kindWord } from './words.ts'

/** Removes a run that no job works with (see `removeRun`). @throws WorkbenchError `locked` naming the job. */
export async function removeUnusedRun(workspace: WriteWorkspace, idOrName: string): Promise<RunRecord> {
  refuseUsed(workspace.database, findRun(workspace.database, idOrName))
  return removeRun(workspace, idOrName)
}

/** Removes a dataset (see `removeDataset`), with `withRuns` after the runs that were trained on it. When a job works with one of them, nothing is removed. */
export async function removeDatasetAndRuns(
  workspace: WriteWorkspace,
  { dataset: idOrName, withRuns }: { dataset: string; withRuns: boolean },
  context: JobContext,
): Promise<DatasetRecord & { runs: RunRecord[] }> {
  const { database } = workspace
  const { id } = requireDataset(database, idOrName)
  const runs = withRuns ? runsOfDataset(database, id) : []
  for (const run of runs) refuseUsed(database, run)
  for (const [index, run] of runs.entries()) {
    context.report({ stage: phrase`removing ${run.name}`, done: index, total: runs.length, unit: 'runs' })
    await removeRun(workspace, run.id)
  }
  return { ...(await removeDataset(workspace, id)), runs }
}

function refuseUsed(database: ReadDatabase, { id, name }: RunRecord): void {
  const user = listRunningJobs(database).find(({ kind, input }) => {
    const named = kind === 'remove-run' ? [] : runsOf(input)
    return named.includes(id) || named.includes(name)
  })
  if (user === undefined) return
  throw new WorkbenchError(
    'locked',
    phrase`Job ${String(user.id)} (${kindWord(user.kind)}) of process ${String(user.pid)} works with the run "${name}".`,
    phrase`Wait for it to finish, or stop it${atTerminal(`behavegpt jobs cancel ${String(user.id)}`)}, and try again.`,
  )
}

/** Ids or names of the runs that a job's input names. */
function runsOf(input: unknown): (string | undefined)[] {
  const { run, runs = [] } = input as { run?: string; runs?: (string | { run: string })[] }
  return [run, ...runs.map((entry) => (typeof entry === 'string' ? entry : entry.run))]
}
