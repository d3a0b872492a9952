import { z } from 'zod'
import { importOptions } from '../configuration.ts'
import {
  type FileColumns,
  type ImportPreview,
  type ListedSource,
  type LogStatistics,
  type Reject,
  type RejectReason,
  sourceNames,
} from '../logs.ts'
import { simulateOptions } from '../simulation.ts'
import { job, request } from './leaf.ts'

const oneSource = z.strictObject({ source: z.string().min(1) })

/** The file for the events of sources; its ending says whether it is CSV or Parquet. */
export const eventsFileOptions = sourceNames.extend({ output: z.string().min(1) })

export const logs = {
  /** What the columns of files are, and what they may hold: for those whose mapping cannot be guessed. */
  columns: request<FileColumns>()(importOptions.pick({ files: true, format: true })),
  /** What an import would do, and whether the workspace has the files already; writes nothing and needs no workspace. */
  preview: request<ImportPreview>()(importOptions),
  importLog: job(importOptions),
  /** Imports a simulated log, marked as such. */
  simulate: job(simulateOptions),
  statistics: request<LogStatistics>()(sourceNames),
  listSources: request<ListedSource[]>()(z.strictObject({})),
  showSource: request<ListedSource>()(oneSource),
  removeSource: job(oneSource),
  /** The rows of a source that were refused, in the order of the files; of one reason (as of `encodePhrase`) only where it is given. */
  rejects: request<Reject[]>()(
    oneSource.extend({
      reason: z.string().optional(),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(100_000).default(100),
    }),
  ),
  /** Why they were refused, the most frequent reasons first. */
  rejectReasons: request<RejectReason[]>()(oneSource.extend({ limit: z.int().min(1).max(1000).default(100) })),
  /** Writes all of them to a CSV or Parquet file. */
  exportRejects: request<{ output: string; rejects: number }>()(oneSource.extend({ output: z.string().min(1) })),
  /** Writes the events of sources to a CSV or Parquet file. */
  exportEvents: job(eventsFileOptions),
}
