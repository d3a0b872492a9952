import { type ErrorDocument, WorkbenchError } from '../../shared/errors.ts'
import type { JobEnd } from '../../shared/jobs.ts'
import type { Phrase } from '../../shared/phrase.ts'
import { phrase } from '../../shared/phrase.ts'
import type { Progress } from '../../shared/progress.ts'
import { addJobWarning, adoptJob, finishJob, insertJob, interruptJob, updateJobProgress } from '../storage/jobs.ts'
import { openWorkspace, type WriteWorkspace } from '../storage/workspace.ts'

/** Progress is written down at most this often: each write is flushed to the disk. */
const progressMilliseconds = 1_000
/** What ends a job must be written down, even when another process holds the database for a while. */
const patience = 'PRAGMA busy_timeout = 15000'
const impatience = 'PRAGMA busy_timeout = 0'

/**
 * This process's line in the workspace's list of jobs. It has a connection of its own, so that it can write while the work reads; progress
 * that would have to wait for the work's own transaction is left out, the next one will do.
 */
export class JobEntry {
  readonly id: number
  readonly #workspace: WriteWorkspace
  #writtenAt = Number.NEGATIVE_INFINITY
  /** The last progress that was not written down. */
  #pending: Progress | undefined
  #later: NodeJS.Timeout | undefined

  static open(directory: string, kind: string, input: unknown): JobEntry {
    const workspace = openWorkspace(directory, { mode: 'write' })
    return new JobEntry(workspace, insertJob(workspace.database, kind, input))
  }

  /** The entry of a job that waits in the queue; it is cancelled when somebody was faster. */
  static adopt(directory: string, id: number): JobEntry {
    const workspace = openWorkspace(directory, { mode: 'write' })
    if (adoptJob(workspace.database, id)) return new JobEntry(workspace, id)
    workspace.close()
    throw new WorkbenchError('cancelled', phrase`Job ${String(id)} does not wait in the queue any more.`)
  }

  constructor(workspace: WriteWorkspace, id: number) {
    this.id = id
    this.#workspace = workspace
    workspace.database.execute(impatience)
  }

  progress(progress: Progress): void {
    this.#pending = progress
    const left = this.#writtenAt + progressMilliseconds - performance.now()
    if (left <= 0) this.#writePending()
    // What is said last before a silence, such as that a long validation begins, is told too.
    else this.#later ??= setTimeout(() => this.#writeLater(), left).unref()
  }

  warning(message: Phrase): void {
    this.#unlessBusy(() => addJobWarning(this.#workspace.database, this.id, message))
  }

  finish(end: JobEnd, outcome: { error?: ErrorDocument; result?: unknown } = {}): void {
    this.#writeLast()
    finishJob(this.#workspace.database, this.id, end, outcome)
  }

  /** Says why the work does not come to its end, which readers see once this process is gone. */
  interrupt(reason: ErrorDocument): void {
    this.#writeLast()
    interruptJob(this.#workspace.database, this.id, reason)
  }

  close(): void {
    clearTimeout(this.#later)
    this.#workspace.close()
  }

  #writeLast(): void {
    clearTimeout(this.#later)
    this.#workspace.database.execute(patience)
    if (this.#pending !== undefined) updateJobProgress(this.#workspace.database, this.id, this.#pending)
  }

  #writePending(): void {
    const progress = this.#pending
    if (progress === undefined) return
    this.#writtenAt = performance.now()
    this.#unlessBusy(() => {
      updateJobProgress(this.#workspace.database, this.id, progress)
      this.#pending = undefined
    })
  }

  #writeLater(): void {
    this.#later = undefined
    try {
      this.#writePending()
    } catch (error) {
      // Nobody could be told here; the job's next word to the disk meets the same trouble and tells it.
      if (!(error instanceof WorkbenchError)) throw error
    }
  }

  #unlessBusy(write: () => void): void {
    try {
      write()
    } catch (error) {
      if (!(error instanceof WorkbenchError && error.code === 'locked')) throw error
    }
  }
}
