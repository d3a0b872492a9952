import type { RunConfiguration } from '../../shared/configuration.ts'
import { evaluation as contract } from '../../shared/contract/evaluation.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { isStale } from '../evaluation/stale.ts'
import { requireEvaluation } from '../evaluation/stored.ts'
import { listDatasets } from '../storage/datasets.ts'
import { evaluationEntries, evaluationSummaries } from '../storage/evaluations.ts'
import { findRun, listRuns } from '../storage/runs.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import { loadRun } from '../training/run-directory.ts'
import { jobProcedure, procedure } from './procedure.ts'

export const overview = procedure(contract.overview, (host, options) =>
  host.read((workspace) => {
    const summaries = evaluationSummaries(workspace.database, options)
    const datasets = new Map(listDatasets(workspace.database).map(({ id, names }) => [id, names[0]]))
    const current = (run: string) => {
      const summary = summaries.get(run)
      return summary === undefined ? null : { ...summary, isStale: isStale(workspace, run, summary) }
    }
    return listRuns(workspace.database).map((run) => ({
      ...run,
      datasetName: datasets.get(run.dataset) ?? run.dataset,
      configuration: readableConfiguration(workspace, run.id),
      evaluation: current(run.id),
    }))
  }),
)

/** One damaged run must not hide the others. */
function readableConfiguration(workspace: ReadWorkspace, run: string): RunConfiguration | null {
  try {
    return loadRun(workspace, run).configuration
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'corrupt') return null
    throw error
  }
}

export const list = procedure(contract.list, (host, { run }) =>
  host.read((workspace) => {
    const { id } = findRun(workspace.database, run)
    return evaluationEntries(workspace.database, id).map((entry) => ({
      ...entry,
      isStale: isStale(workspace, id, entry),
    }))
  }),
)

export const show = procedure(contract.show, (host, stored) =>
  host.read((workspace) => {
    const evaluation = requireEvaluation(workspace, stored)
    return { ...evaluation, isStale: isStale(workspace, evaluation.run.id, evaluation) }
  }),
)

export const behaviours = procedure(contract.behaviours, (host, input, { signal }) =>
  host.evaluations.ask('behaviours', input, signal),
)

export const confusions = procedure(contract.confusions, (host, input, { signal }) =>
  host.evaluations.ask('confusions', input, signal),
)

export const targets = procedure(contract.targets, (host, input, { signal }) =>
  host.evaluations.ask('targets', input, signal),
)

export const sequence = procedure(contract.sequence, (host, input, { signal }) =>
  host.evaluations.ask('sequence', input, signal),
)

export const compare = procedure(contract.compare, (host, input, context) =>
  host.run('compare-evaluations', input, context),
)

export const writeTable = procedure(
  contract.writeTable,
  (host, input, { signal }) => host.evaluations.ask('writeTable', input, signal),
  { write: ['output'] },
)

export const exportTargets = procedure(
  contract.exportTargets,
  (host, input, { signal }) => host.evaluations.ask('exportTargets', input, signal),
  { write: ['output'] },
)

export const reportPage = jobProcedure(contract.reportPage, 'report-page', { write: ['output'] })
