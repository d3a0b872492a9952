import { join } from 'node:path'
import type { DatasetRecord } from '../../shared/datasets.ts'
import { phrase } from '../../shared/phrase.ts'
import { deleteDataset, requireDataset } from '../storage/datasets.ts'
import { removeDirectoryAtomic } from '../storage/files.ts'
import { withLock } from '../storage/locks.ts'
import { logsLock } from '../storage/source-removal.ts'
import type { WriteWorkspace } from '../storage/workspace.ts'

/**
 * Removes a dataset with all its names: off the list first, then its files. The logs stay, so that the same configuration builds it again.
 * @returns the dataset as it was.
 * @throws WorkbenchError `not-found`; `conflict` while runs were trained on it; `locked` while another process imports or builds, which may be this dataset.
 */
export async function removeDataset(workspace: WriteWorkspace, idOrName: string): Promise<DatasetRecord> {
  return withLock(workspace.database, logsLock, phrase`removing the dataset ${idOrName}`, async () => {
    const dataset = requireDataset(workspace.database, idOrName)
    deleteDataset(workspace.database, dataset.id)
    await removeDirectoryAtomic(join(workspace.datasets, dataset.id))
    return dataset
  })
}
