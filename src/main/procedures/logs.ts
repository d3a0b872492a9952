import { logs as contract } from '../../shared/contract/logs.ts'
import { listRejects } from '../ingest/rejects.ts'
import { findSource, readySources } from '../storage/sources.ts'
import { jobProcedure, procedure } from './procedure.ts'

export const preview = procedure(
  contract.preview,
  async (_host, input, context) => {
    // Loaded when it is needed: it brings DuckDB.
    const { previewImport } = await import('../ingest/preview.ts')
    return previewImport(input, { context })
  },
  { read: ['files'] },
)

export const importLog = jobProcedure(contract.importLog, 'import', { read: ['files'] })

export const simulate = jobProcedure(contract.simulate, 'simulate')

export const statistics = procedure(contract.statistics, (host, input, context) =>
  host.run('log-statistics', input, context),
)

export const listSources = procedure(contract.listSources, (host) =>
  host.read(({ database }) => readySources(database)),
)

export const showSource = procedure(contract.showSource, (host, { source }) =>
  host.read(({ database }) => findSource(database, source)),
)

export const removeSource = jobProcedure(contract.removeSource, 'remove-source')

export const rejects = procedure(contract.rejects, (host, { source, limit }) =>
  host.read((workspace) => listRejects(workspace, source, limit)),
)

export const exportRejects = procedure(
  contract.exportRejects,
  (host, input, context) => host.run('export-rejects', input, context),
  { write: ['output'] },
)
