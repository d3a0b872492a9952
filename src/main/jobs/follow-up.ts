import type { JobWithResult } from '../../shared/jobs.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { findTrainingOf } from '../storage/jobs.ts'
import type { JobInput, JobKind } from './registry.ts'

/** A job that a host starts by itself when another one is done. */
type FollowUp = { [Kind in JobKind]: { kind: Kind; input: JobInput<Kind> } }[JobKind]

/** What comes after a job: the evaluation of a run whose training is done, where that was asked for when it began. */
export function followUpOf(database: ReadDatabase, job: JobWithResult): FollowUp | undefined {
  if (job.state !== 'done' || (job.kind !== 'train' && job.kind !== 'resume-training')) return undefined
  const { run } = job.result as { run: string }
  const training = job.kind === 'train' ? job : findTrainingOf(database, run)
  if ((training?.input as { evaluate?: boolean } | undefined)?.evaluate !== true) return undefined
  return { kind: 'evaluate', input: { run } }
}
