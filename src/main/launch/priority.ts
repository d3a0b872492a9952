import { writeFileSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'

/**
 * Where a process stands while every core is busy: behind the page and the process that launches it, and among each other `answer`, which a person waits for, before
 * `job`. Alone, each is as fast as ever.
 */
export type Priority = 'answer' | 'job'

/** In Unix's niceness: five more get a third of the time. Windows has fewer steps and takes the first for none. */
const niceness: Readonly<Record<Priority, number>> = { answer: 5, job: constants.priority.PRIORITY_BELOW_NORMAL }

/** Milder, since a session gives way to all that runs on the machine, not only to the page: a job keeps a quarter of what it shares with one other. */
const sessionNiceness: Readonly<Record<Priority, number>> = { answer: 2, job: 5 }

/** Linux takes one change of a session per tenth of a second, of whichever. */
const refusedMilliseconds = 150
const mostAttempts = 20

/** Threads that the process starts from now on, such as those of ONNX Runtime, do as it does. */
export function lowerPriority(processId: number, priority: Priority): void {
  try {
    setPriority(processId, Math.min(getPriority() + niceness[priority], constants.priority.PRIORITY_LOW))
  } catch {
    // Only its speed is at stake, and whoever launched it learns when it is gone.
  }
}

/**
 * The same for a process with a session of its own. Linux shares time among sessions first, and niceness counts only within one (sched(7), "The autogroup feature"): a
 * browser is never in the session of the web host and its jobs.
 */
export function lowerSessionPriority(processId: number, priority: Priority, attempt = 1): void {
  if (attempt === 1) lowerPriority(processId, priority)
  try {
    writeFileSync(`/proc/${processId}/autogroup`, String(sessionNiceness[priority]), { flag: 'r+' })
  } catch (error) {
    // Anything else says that the process is gone, or that this kernel does not group by sessions.
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || attempt === mostAttempts) return
    setTimeout(() => lowerSessionPriority(processId, priority, attempt + 1), refusedMilliseconds).unref()
  }
}
