import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import { type OpenedDataset, openDataset } from '../dataset/open.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import type { Run } from '../training/run-directory.ts'

/** Opens the dataset that a run was trained on. @throws WorkbenchError `conflict` when its content is another now */
export function openTrainedDataset(workspace: ReadWorkspace, run: Run): OpenedDataset {
  const dataset = openDataset(workspace, run.dataset.id)
  if (dataset.contentHash === run.dataset.contentHash) return dataset
  throw new WorkbenchError(
    'conflict',
    phrase`Run ${run.name} was trained on another content of dataset ${run.dataset.name} than is stored now.`,
    phrase`Restore the dataset from a backup, or train again.`,
  )
}
