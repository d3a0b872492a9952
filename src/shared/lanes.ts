import type { JobRecord } from './jobs.ts'

/**
 * Jobs of one lane run one after the other: those that keep the processor or the device busy, those that measure the devices, and those that write the logs or
 * read all of them. Everything else starts at once.
 */
export const lanes = {
  compute: ['train', 'resume-training', 'evaluate', 'compare', 'report', 'score'],
  // Rates that were measured side by side would be wrong.
  doctor: ['doctor'],
  logs: ['import', 'simulate', 'remove-source', 'build-dataset'],
} as const

export type Lane = keyof typeof lanes

/** The lane of a kind of job; undefined when it waits for nothing. */
export function laneOf(kind: string): Lane | undefined {
  for (const [lane, kinds] of Object.entries(lanes)) {
    if ((kinds as readonly string[]).includes(kind)) return lane as Lane
  }
  return undefined
}

/** The lane in which a queued job waits for another, which runs or came first; undefined when nothing is in its way. */
export function waitsFor(job: JobRecord, active: readonly JobRecord[]): Lane | undefined {
  const lane = laneOf(job.kind)
  const isBefore = ({ id, kind, state }: JobRecord) =>
    id !== job.id && laneOf(kind) === lane && (state === 'running' || (state === 'queued' && id < job.id))
  return lane !== undefined && active.some(isBefore) ? lane : undefined
}
