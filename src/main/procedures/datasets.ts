import { join } from 'node:path'
import { datasets as contract } from '../../shared/contract/datasets.ts'
import { readLineage } from '../dataset/lineage.ts'
import { openDataset } from '../dataset/open.ts'
import { listDatasets, requireDataset } from '../storage/datasets.ts'
import { folderBytes } from '../storage/folder-size.ts'
import { runCountByDataset, runsOfDataset } from '../storage/runs.ts'
import { sourcesOf } from '../storage/sources.ts'
import { behaviourCounts } from '../storage/tallies.ts'
import { jobProcedure, procedure } from './procedure.ts'

export const build = jobProcedure(contract.build, 'build-dataset')

export const preview = procedure(contract.preview, (host, input, context) =>
  host.run('preview-dataset', input, context),
)

export const behaviours = procedure(contract.behaviours, (host, input) =>
  host.read(({ database }) => behaviourCounts(database, sourcesOf(database, input))),
)

export const list = procedure(contract.list, (host) =>
  host.read(({ database, datasets }) => {
    const runs = runCountByDataset(database)
    return listDatasets(database).map((dataset) => ({
      ...dataset,
      bytes: folderBytes(join(datasets, dataset.id)),
      runs: runs.get(dataset.id) ?? 0,
    }))
  }),
)

export const remove = jobProcedure(contract.remove, 'remove-dataset')

export const show = procedure(contract.show, async (host, { dataset, verify }, context) => {
  if (verify) await host.run('verify-dataset', { dataset }, context)
  return host.read((workspace) => {
    const { id, name, directory, manifest } = openDataset(workspace, dataset)
    return { id, name, directory, ...manifest }
  })
})

export const history = procedure(contract.history, (host, { dataset }) =>
  host.read((workspace) => {
    const { id, names, createdAt } = requireDataset(workspace.database, dataset)
    const { directory, configuration } = openDataset(workspace, id)
    return {
      names,
      createdAt,
      bytes: folderBytes(directory),
      lineage: readLineage(workspace.database, directory, configuration),
      runs: runsOfDataset(workspace.database, id),
    }
  }),
)

export const timeline = procedure(contract.timeline, (host, input, context) =>
  host.run('dataset-timeline', input, context),
)
