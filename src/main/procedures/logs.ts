import { z } from 'zod'
import { importOptions } from '../../shared/configuration.ts'
import { listRejects } from '../ingest/rejects.ts'
import { simulateOptions, sourceNames } from '../jobs/options.ts'
import { findSource, readySources } from '../storage/sources.ts'
import { procedure } from './procedure.ts'

const oneSource = z.strictObject({ source: z.string().min(1) })

/** What an import would do; writes nothing and needs no workspace. */
export const preview = procedure({
  input: importOptions,
  handler: async (_host, input, context) => {
    // Loaded when it is needed: it brings DuckDB.
    const { previewImport } = await import('../ingest/preview.ts')
    return previewImport(input, { context })
  },
})

export const importLog = procedure({
  input: importOptions,
  handler: (host, input, context) => host.run('import', input, context),
})

/** Imports a simulated log, marked as such. */
export const simulate = procedure({
  input: simulateOptions,
  handler: (host, input, context) => host.run('simulate', input, context),
})

export const statistics = procedure({
  input: sourceNames,
  handler: (host, input, context) => host.run('log-statistics', input, context),
})

export const listSources = procedure({
  input: z.strictObject({}),
  handler: (host) => host.read(({ database }) => readySources(database)),
})

export const showSource = procedure({
  input: oneSource,
  handler: (host, { source }) => host.read(({ database }) => findSource(database, source)),
})

export const removeSource = procedure({
  input: oneSource,
  handler: (host, input, context) => host.run('remove-source', input, context),
})

/** The rows of a source that were refused. */
export const rejects = procedure({
  input: oneSource.extend({ limit: z.int().min(1).max(100_000).default(100) }),
  handler: (host, { source, limit }) => host.read((workspace) => listRejects(workspace, source, limit)),
})

/** Writes all of them to a CSV file. */
export const exportRejects = procedure({
  input: oneSource.extend({ output: z.string().min(1) }),
  handler: (host, input, context) => host.run('export-rejects', input, context),
})
