import type { JobRecord } from '../../../shared/jobs.ts'

const trainingKinds = ['train', 'resume-training']
const computingKinds = [...trainingKinds, 'evaluate', 'compare', 'report', 'score']

export const isTraining = ({ kind }: JobRecord) => trainingKinds.includes(kind)

/** Whether a job keeps the processor or the device busy, and waits for others that do. */
export const isComputing = ({ kind }: JobRecord) => computingKinds.includes(kind)

/** Whether a job trains the run of one of these names (its id, its name). */
export function trains(job: JobRecord, names: readonly (string | undefined)[]): boolean {
  if (!isTraining(job)) return false
  const { run, name } = job.input as { run?: string; name?: string }
  const target = run ?? name
  return target !== undefined && names.includes(target)
}
