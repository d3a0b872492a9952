import { runs as contract } from '../../shared/contract/runs.ts'
import { findRun, listRuns, readRunCurves, readRunHistory } from '../storage/runs.ts'
import { readClassWeights } from '../training/class-weights.ts'
import { loadRun, unlistedRuns } from '../training/run-directory.ts'
import { jobProcedure, procedure } from './procedure.ts'

export const train = jobProcedure(contract.train, 'train')

export const resume = jobProcedure(contract.resume, 'resume-training')

export const sizes = procedure(contract.sizes, (host, input, context) =>
  host.designs.ask('sizes', input, context.signal),
)

export const measure = procedure(contract.measure, (host, input, context) =>
  host.run('measure-training', input, context),
)

export const list = procedure(contract.list, (host) => host.read(({ database }) => listRuns(database)))

export const unlisted = procedure(contract.unlisted, (host) => host.read(unlistedRuns))

export const describe = procedure(contract.describe, (host, { run }) =>
  host.read((workspace) => {
    const found = loadRun(workspace, run)
    return { ...found, record: findRun(workspace.database, found.id) }
  }),
)

export const show = procedure(contract.show, (host, { run }) =>
  host.read((workspace) => {
    const found = loadRun(workspace, run)
    return { ...found, history: readRunHistory(workspace.database, found.id) }
  }),
)

export const curves = procedure(contract.curves, (host, { run, ...range }) =>
  host.read(({ database }) => readRunCurves(database, findRun(database, run), range)),
)

export const classWeights = procedure(contract.classWeights, (host, { run }) =>
  host.read((workspace) => readClassWeights(workspace, run)),
)

export const remove = jobProcedure(contract.remove, 'remove-run')

export const evaluate = jobProcedure(contract.evaluate, 'evaluate')

export const compare = jobProcedure(contract.compare, 'compare')

export const report = jobProcedure(contract.report, 'report', { write: ['directory'] })
