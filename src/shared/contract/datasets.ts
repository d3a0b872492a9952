import { z } from 'zod'
import { datasetConfiguration } from '../configuration.ts'
import type { DatasetManifest, DatasetRecord } from '../datasets.ts'
import { job, request } from './leaf.ts'

export const datasets = {
  build: job(datasetConfiguration),
  list: request<DatasetRecord[]>()(z.strictObject({})),
  /** Removes a dataset; `withRuns` removes the runs on it too, without it they are a reason to refuse. */
  remove: job(z.strictObject({ dataset: z.string().min(1), withRuns: z.boolean().default(false) })),
  /** What a dataset holds and how it was made; `verify` compares every file with its hash. */
  show: request<DatasetManifest & { id: string; name: string; directory: string }>()(
    z.strictObject({ dataset: z.string().min(1), verify: z.boolean().default(false) }),
  ),
}
