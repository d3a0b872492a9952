import { runs as contract } from '../../shared/contract/runs.ts'
import { listRuns, readRunHistory } from '../storage/runs.ts'
import { loadRun } from '../training/run-directory.ts'
import { jobProcedure, procedure } from './procedure.ts'

export const train = jobProcedure(contract.train, 'train')

export const resume = jobProcedure(contract.resume, 'resume-training')

export const measure = procedure(contract.measure, (host, input, context) =>
  host.run('measure-training', input, context),
)

export const list = procedure(contract.list, (host) => host.read(({ database }) => listRuns(database)))

export const show = procedure(contract.show, (host, { run }) =>
  host.read((workspace) => {
    const found = loadRun(workspace, run)
    return { ...found, history: readRunHistory(workspace.database, found.id) }
  }),
)

export const remove = jobProcedure(contract.remove, 'remove-run')

export const evaluate = jobProcedure(contract.evaluate, 'evaluate')

export const compare = jobProcedure(contract.compare, 'compare')

export const report = jobProcedure(contract.report, 'report', { write: ['directory'] })
