import type { JobWithResult } from '../../shared/jobs.ts'
import type { JobInput, JobKind } from './registry.ts'

/** A job that a host starts by itself when another one is done. */
type FollowUp = { [Kind in JobKind]: { kind: Kind; input: JobInput<Kind> } }[JobKind]

/** What comes after a job: the evaluation of a run whose training is done, where that was asked for. */
export function followUpOf({ kind, state, input, result }: JobWithResult): FollowUp | undefined {
  if (state !== 'done' || (kind !== 'train' && kind !== 'resume-training')) return undefined
  if ((input as { evaluate?: boolean }).evaluate !== true) return undefined
  return { kind: 'evaluate', input: { run: (result as { run: string }).run } }
}
