import { z } from 'zod'
import { WorkbenchError } from '../../shared/errors.ts'
import { findJob, listJobs } from '../storage/jobs.ts'
import { procedure } from './procedure.ts'

const jobNumber = z.strictObject({ id: z.int().min(1) })

export const list = procedure({
  input: z.strictObject({ limit: z.int().min(1).max(1000).default(20) }),
  handler: (host, { limit }) => host.read(({ database }) => listJobs(database, limit)),
})

export const show = procedure({
  input: jobNumber,
  handler: (host, { id }) => host.read(({ database }) => findJob(database, id)),
})

/** Asks a job of any host to stop; it does so at its next safe point. */
export const cancel = procedure({
  input: jobNumber,
  handler: (host, { id }) => {
    const job = host.read(({ database }) => findJob(database, id))
    if (job.state !== 'running') {
      throw new WorkbenchError('conflict', `Job ${id} (${job.kind}) does not run: it is ${job.state}.`)
    }
    process.kill(job.pid, 'SIGTERM')
    return job
  },
})
