import { z } from 'zod'
import { datasetConfiguration } from '../../shared/configuration.ts'
import { openDataset } from '../dataset/open.ts'
import { listDatasets } from '../storage/datasets.ts'
import { procedure } from './procedure.ts'

export const build = procedure({
  input: datasetConfiguration,
  handler: (host, input, context) => host.run('build-dataset', input, context),
})

export const list = procedure({
  input: z.strictObject({}),
  handler: (host) => host.read(({ database }) => listDatasets(database)),
})

/** Removes a dataset; `withRuns` removes the runs on it too, without it they are a reason to refuse. */
export const remove = procedure({
  input: z.strictObject({ dataset: z.string().min(1), withRuns: z.boolean().default(false) }),
  handler: (host, input, context) => host.run('remove-dataset', input, context),
})

/** What a dataset holds and how it was made; `verify` compares every file with its hash. */
export const show = procedure({
  input: z.strictObject({ dataset: z.string().min(1), verify: z.boolean().default(false) }),
  handler: (host, { dataset, verify }) =>
    host.read((workspace) => {
      const { id, name, directory, manifest } = openDataset(workspace, dataset, { verify })
      return { id, name, directory, ...manifest }
    }),
})
