import { datasets as contract } from '../../shared/contract/datasets.ts'
import { openDataset } from '../dataset/open.ts'
import { listDatasets } from '../storage/datasets.ts'
import { jobProcedure, procedure } from './procedure.ts'

export const build = jobProcedure(contract.build, 'build-dataset')

export const list = procedure(contract.list, (host) => host.read(({ database }) => listDatasets(database)))

export const remove = jobProcedure(contract.remove, 'remove-dataset')

export const show = procedure(contract.show, (host, { dataset, verify }) =>
  host.read((workspace) => {
    const { id, name, directory, manifest } = openDataset(workspace, dataset, { verify })
    return { id, name, directory, ...manifest }
  }),
)
