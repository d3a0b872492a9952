import { z } from 'zod'
import { datasetOptions } from '../configuration.ts'
import type { DatasetManifest, DatasetPreview, Lineage, ListedDataset, Timeline } from '../datasets.ts'
import { type NamedCount, sourceNames } from '../logs.ts'
import type { RunRecord } from '../runs.ts'
import { job, request } from './leaf.ts'

const oneDataset = z.strictObject({ dataset: z.string().min(1) })

export const datasets = {
  build: job(datasetOptions),
  /** What a build would give: counted, or of a very long log estimated from a sample of its users. Writes nothing. */
  preview: request<DatasetPreview>()(datasetOptions),
  /** Behaviours of sources (all when none are named) with their number of events, the most frequent first: what a taxonomy renames. */
  behaviours: request<NamedCount[]>()(sourceNames),
  list: request<ListedDataset[]>()(z.strictObject({})),
  /** Removes a dataset; `withRuns` removes the runs on it too, without it they are a reason to refuse. */
  remove: job(z.strictObject({ dataset: z.string().min(1), withRuns: z.boolean().default(false) })),
  /** What a dataset holds and how it was made; `verify` compares every file with its hash. */
  show: request<DatasetManifest & { id: string; name: string; directory: string }>()(
    oneDataset.extend({ verify: z.boolean().default(false) }),
  ),
  /** Where its events come from, and what was made with it. */
  history: request<{ names: string[]; createdAt: string; bytes: number; lineage: Lineage; runs: RunRecord[] }>()(
    oneDataset,
  ),
  /** Its events on the time axis. */
  timeline: request<Timeline>()(oneDataset),
}
