import { logs as contract } from '../../shared/contract/logs.ts'
import type { ListedSource, Source } from '../../shared/logs.ts'
import type { Look } from '../ingest/identify.ts'
import { listRejects } from '../ingest/rejects.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { rejectReasons as reasonsOf } from '../storage/rejects.ts'
import { countUsers, findSource, readySources } from '../storage/sources.ts'
import { isWorkspace } from '../storage/workspace.ts'
import { jobProcedure, procedure } from './procedure.ts'

export const columns = procedure(
  contract.columns,
  async (_host, input) => {
    // Loaded when it is needed: it brings DuckDB.
    const { inspectColumns } = await import('../ingest/columns.ts')
    return inspectColumns(input)
  },
  { read: ['files'] },
)

export const preview = procedure(
  contract.preview,
  async (host, input, context) => {
    // Loaded when it is needed: it brings DuckDB.
    const { previewImport } = await import('../ingest/preview.ts')
    const look: Look = (work) => host.read(({ database }) => work(database))
    return previewImport(input, { context, look: isWorkspace(host.directory) ? look : undefined })
  },
  { read: ['files'] },
)

export const importLog = jobProcedure(contract.importLog, 'import', { read: ['files'] })

export const simulate = jobProcedure(contract.simulate, 'simulate')

export const statistics = procedure(contract.statistics, (host, input, context) =>
  host.run('log-statistics', input, context),
)

export const listSources = procedure(contract.listSources, (host) =>
  host.read(({ database }) => readySources(database).map((source) => withUsers(database, source))),
)

export const showSource = procedure(contract.showSource, (host, { source }) =>
  host.read(({ database }) => withUsers(database, findSource(database, source))),
)

const withUsers = (database: ReadDatabase, source: Source): ListedSource => ({
  ...source,
  users: countUsers(database, source.id),
})

export const removeSource = jobProcedure(contract.removeSource, 'remove-source')

export const rejects = procedure(contract.rejects, (host, { source, ...selection }) =>
  host.read((workspace) => listRejects(workspace, source, selection)),
)

export const rejectReasons = procedure(contract.rejectReasons, (host, { source, limit }) =>
  host.read(({ database }) => reasonsOf(database, findSource(database, source).id, limit)),
)

export const exportEvents = jobProcedure(contract.exportEvents, 'export-events', { write: ['output'] })

export const exportRejects = procedure(
  contract.exportRejects,
  (host, input, context) => host.run('export-rejects', input, context),
  { write: ['output'] },
)
