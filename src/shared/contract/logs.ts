import { z } from 'zod'
import { importOptions } from '../configuration.ts'
import type { ImportPreview, LogStatistics, Reject, Source } from '../logs.ts'
import { simulateOptions, sourceNames } from '../simulation.ts'
import { job, request } from './leaf.ts'

const oneSource = z.strictObject({ source: z.string().min(1) })

export const logs = {
  /** What an import would do; writes nothing and needs no workspace. */
  preview: request<ImportPreview>()(importOptions),
  importLog: job(importOptions),
  /** Imports a simulated log, marked as such. */
  simulate: job(simulateOptions),
  statistics: request<LogStatistics>()(sourceNames),
  listSources: request<Source[]>()(z.strictObject({})),
  showSource: request<Source>()(oneSource),
  removeSource: job(oneSource),
  /** The rows of a source that were refused. */
  rejects: request<Reject[]>()(oneSource.extend({ limit: z.int().min(1).max(100_000).default(100) })),
  /** Writes all of them to a CSV file. */
  exportRejects: request<{ output: string; rejects: number }>()(oneSource.extend({ output: z.string().min(1) })),
}
