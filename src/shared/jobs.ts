import type { ErrorDocument } from './errors.ts'
import type { Phrase } from './phrase.ts'
import type { Progress } from './progress.ts'

/** How a job's own process says that it ended. */
export const jobEnds = ['done', 'failed', 'cancelled', 'paused'] as const
export type JobEnd = (typeof jobEnds)[number]

/**
 * `queued`: waits for another job of its lane. `interrupted`: its process is gone without having come to an end (killed, crashed,
 * power cut), or its host was stopped while it ran; `error` then says why, where that is known.
 */
export type JobState = 'queued' | 'running' | 'interrupted' | JobEnd

/** One job of the workspace's list. Times are ISO-8601, UTC. */
export interface JobRecord {
  id: number
  kind: string
  input: unknown
  state: JobState
  /** Process that does or did the work; of a queued job, the process that put it there. */
  pid: number
  progress: Progress | null
  /** What it was asked for while it runs, as far as its host knows: it stops at its next safe point. */
  stopping?: 'pause' | 'cancel'
  warnings: Phrase[]
  error: ErrorDocument | null
  startedAt: string
  updatedAt: string
  finishedAt: string | null
}

/** A job with what it gave back: the same document as the command line's; null while there is none. */
export interface JobWithResult extends JobRecord {
  result: unknown
}
