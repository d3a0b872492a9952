import { jobs as contract } from '../../shared/contract/jobs.ts'
import { cancelJob } from '../jobs/cancel.ts'
import { findJob, listJobs } from '../storage/jobs.ts'
import { pageOf, procedure } from './procedure.ts'

export const list = procedure(contract.list, (host, { limit }) =>
  host.page ? host.page.jobs.list(limit) : host.read(({ database }) => listJobs(database, limit)),
)

export const show = procedure(contract.show, (host, { id }) =>
  host.page ? host.page.jobs.find(id) : host.read(({ database }) => findJob(database, id)),
)

export const cancel = procedure(contract.cancel, (host, { id }) =>
  host.page ? host.page.jobs.cancel(id) : host.write((workspace) => cancelJob(workspace, id)),
)

export const pause = procedure(contract.pause, (host, { id }) => pageOf(host).jobs.pause(id))

export const watch = procedure(contract.watch, (host, _input, { signal }) => pageOf(host).jobs.watch(signal))
