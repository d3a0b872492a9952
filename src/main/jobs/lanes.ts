import type { JobKind } from './registry.ts'

/**
 * Jobs of one lane run one after the other: those that keep the processor or the device busy, those that measure the devices, and those that write the logs or
 * read all of them. Everything else starts at once.
 */
const lanes = {
  compute: ['train', 'resume-training', 'evaluate', 'compare', 'report', 'score'],
  // Rates that were measured side by side would be wrong.
  doctor: ['doctor'],
  logs: ['import', 'simulate', 'remove-source', 'build-dataset'],
} as const satisfies Record<string, readonly JobKind[]>

export type Lane = keyof typeof lanes

/** The lane of a kind of job; undefined when it waits for nothing. */
export function laneOf(kind: string): Lane | undefined {
  for (const [lane, kinds] of Object.entries(lanes)) {
    if ((kinds as readonly string[]).includes(kind)) return lane as Lane
  }
  return undefined
}
