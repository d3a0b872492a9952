import { throwIfCancelled, WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import { launch } from '../launch/launch.ts'
import type { Priority } from '../launch/priority.ts'
import type { LaunchedProcess } from '../launch/processes.ts'
import { processModule } from '../launch/program.ts'
import { findJob, finishJob, interruptJob } from '../storage/jobs.ts'
import { openWorkspace } from '../storage/workspace.ts'
import { type HostMessage, type JobMessage, stopMessage } from './messages.ts'
import { crash, toError } from './process-errors.ts'
import type { JobInput, JobKind, JobResult } from './registry.ts'
import { Silence } from './silence.ts'
import { kindWord } from './words.ts'

const childModule = processModule('jobs/child')

/** A job's process is still given this long to leave after it was asked to; then it is killed. */
const leaveMilliseconds = 5_000

export interface JobOptions {
  /** Workspace directory. */
  workspace: string
  context: JobContext
  /** Where its process stands while every core is busy. Default: beside this one, as what a person at the command line waits for. */
  priority?: Priority
  /** Number under which the job waits in the queue; a new entry is made when absent. */
  queued?: number
  /** Called with the job's number once the workspace lists it; jobs of unlisted kinds never call it. */
  onListed?: (id: number) => void
  /** Called with the process id of the job's process, before any work. */
  onStarted?: (processId: number) => void
  /** How long its process may say nothing once it was asked to stop, before it is ended (see `Silence`). Shorter in tests. */
  silenceMilliseconds?: number
}

const running = new Set<LaunchedProcess>()

/** Ends the processes of all jobs of this host at once, for a person who does not want to wait for a clean end. */
export function killJobs(): void {
  for (const child of running) child.kill()
}

/** Runs one of the workbench's jobs in a child process of its own and settles as the job does (see `runInProcess`). */
export async function runJob<Kind extends JobKind>(
  kind: Kind,
  input: JobInput<Kind>,
  options: JobOptions,
): Promise<JobResult<Kind>> {
  return (await runInProcess(childModule, kind, input, options)) as JobResult<Kind>
}

/**
 * Runs one job in a process whose main module serves jobs (see `serveJobs`).
 *
 * Aborting `context.signal` asks the job to cancel, to pause when the reason is `pauseReason`, or to stop for the host's sake when it is
 * `leaveReason`; the promise settles once the job
 * has left, so that nothing it holds outlives it. A process that is busy and does not hear the request is ended after a while (see `Silence`), and the
 * workspace's list says so. Errors thrown: the job's own; `cancelled`; `crashed` when the process ended without an answer (native crash, out of
 * memory, killed from outside), naming signal or exit code.
 */
export async function runInProcess(
  module: string,
  kind: string,
  input: unknown,
  options: JobOptions,
): Promise<unknown> {
  const { context } = options
  throwIfCancelled(context.signal)
  return new Promise((resolve, reject) => {
    let answer: Extract<JobMessage, { type: 'result' | 'error' }> | undefined
    let leaving: NodeJS.Timeout | undefined
    let listed: number | undefined
    let unanswered: WorkbenchError | undefined
    const silence = new Silence(options.silenceMilliseconds)
    const tell = (message: HostMessage) => child.send(message)
    const stop = () => {
      const request = stopMessage(context.signal.reason)
      tell(request)
      silence.limit((seconds) => {
        unanswered = noAnswer(kind, seconds, request)
        child.kill()
      })
    }
    const child = launch(module, [], {
      priority: options.priority,
      input: 'inherit',
      onStarted: (processId) => {
        options.onStarted?.(processId)
        tell({ type: 'start', kind, input, workspace: options.workspace, queued: options.queued })
      },
      onMessage: (told) => {
        silence.broken()
        const message = told as JobMessage
        if (message.type === 'progress') context.report(message.progress)
        else if (message.type === 'warning') context.warn(message.message)
        else if (message.type === 'listed') {
          listed = message.id
          options.onListed?.(message.id)
        } else if (message.type !== 'alive') {
          answer = message
          silence.end()
          leaving = setTimeout(() => child.kill(), leaveMilliseconds)
        }
      },
      onEnded: (end) => {
        clearTimeout(leaving)
        silence.end()
        context.signal.removeEventListener('abort', stop)
        running.delete(child)
        if (answer?.type === 'result') resolve(answer.result)
        else if (answer?.type === 'error') reject(toError(answer.error))
        else if (unanswered !== undefined) {
          if (listed !== undefined) recordEnd(options.workspace, listed, unanswered)
          reject(unanswered)
        } else reject(crash(phrase`the job "${kindWord(kind)}"`, child.processId, end))
      },
    })
    running.add(child)
    context.signal.addEventListener('abort', stop)
  })
}

/** Only what a person cancelled is `cancelled`; work that was to pause, or whose host left, broke off. */
function noAnswer(kind: string, seconds: number, { type }: HostMessage): WorkbenchError {
  return new WorkbenchError(
    type === 'cancel' ? 'cancelled' : 'crashed',
    phrase`The job "${kindWord(kind)}" was asked to stop and did not answer for ${seconds} seconds, so its process was ended.`,
    phrase`Nothing half-written was kept; a training can be resumed from its last checkpoint.`,
  )
}

/** Writes down how a job ended whose process could not. */
function recordEnd(directory: string, id: number, error: WorkbenchError): void {
  try {
    using workspace = openWorkspace(directory, { mode: 'write' })
    // It may have come to its end just before.
    if (findJob(workspace.database, id).state !== 'interrupted') return
    if (error.code === 'cancelled') finishJob(workspace.database, id, 'cancelled', { error: error.toDocument() })
    else interruptJob(workspace.database, id, error.toDocument())
  } catch (failure) {
    // A disk that refuses: readers see by its process that it was interrupted.
    if (!(failure instanceof WorkbenchError)) throw failure
  }
}
