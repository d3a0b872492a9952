import type { JobRecord } from '../../../shared/jobs.ts'
import { isTraining } from '../../components/job-links.ts'

/** Whether a job keeps the processor or the device busy, and waits for others that do. */
export const isComputing = (job: JobRecord) =>
  isTraining(job) || ['evaluate', 'compare', 'report', 'score'].includes(job.kind)
