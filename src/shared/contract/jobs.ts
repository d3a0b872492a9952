import { z } from 'zod'
import type { JobRecord, JobWithResult } from '../jobs.ts'
import { request, subscription } from './leaf.ts'

const jobNumber = z.strictObject({ id: z.int().min(1) })

export const jobs = {
  /** The newest first. */
  list: request<JobRecord[]>()(z.strictObject({ limit: z.int().min(1).max(1000).default(20) })),
  show: request<JobWithResult>()(jobNumber),
  /** Asks a job of any host to stop; it does so at its next safe point. */
  cancel: request<JobRecord>()(jobNumber),
  /** Asks a training to stop where it can be resumed. */
  pause: request<JobRecord>()(jobNumber),
  /** The entries that change, as they do. */
  watch: subscription<JobRecord[]>()(z.strictObject({})),
}
