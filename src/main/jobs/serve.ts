import assert from 'node:assert/strict'
import { toErrorDocument, WorkbenchError } from '../../shared/errors.ts'
import { issuePhrase } from '../../shared/issues.ts'
import { type Phrase, phrase, render, statements } from '../../shared/phrase.ts'
import { type JobContext, type Progress, pauseReason } from '../../shared/progress.ts'
import { parentProcess } from '../launch/parent.ts'
import { isWorkspace, openWorkspace } from '../storage/workspace.ts'
import { JobEntry } from './entry.ts'
import type { HostMessage, JobMessage } from './messages.ts'
import type { JobDefinition } from './registry.ts'
import { beatMilliseconds } from './silence.ts'
import { kindWord } from './words.ts'

/** Progress is passed on at most this often; a new stage always. */
const progressMilliseconds = 100
/** Work that does not stop by itself this long after its host is gone is cut off. */
const orphanMilliseconds = 30_000

const controller = new AbortController()
/** A signal may come a little before the host's word on what it means. */
const wordMilliseconds = 500
/** Why the work was stopped that nobody asked to stop; undefined while it was not, or somebody did. */
let interruption: WorkbenchError | undefined
const host = parentProcess()

/**
 * Makes this process a job's: it does the one job that its host starts over the channel, tells how it goes, and leaves.
 * @param kinds what can be started, by name.
 */
export function serveJobs(kinds: Record<string, JobDefinition>): void {
  assert(host !== undefined, 'a job runs in a child process with a channel to its host')
  // An interrupt typed at a terminal reaches every process in the foreground. The host decides what it means and tells us.
  process.on('SIGINT', () => {})
  // Another process cancels the job, or a service manager ends every process of its service at once: then the host is gone or says so.
  process.on('SIGTERM', () => setTimeout(() => controller.abort('cancel'), wordMilliseconds))
  host.onGone(() => {
    interrupt(orphaned)
    setTimeout(() => process.exit(1), orphanMilliseconds).unref()
  })
  setInterval(() => tell({ type: 'alive' }), beatMilliseconds).unref()
  host.onMessage((told) => {
    const message = told as HostMessage
    if (message.type === 'start') void work(kinds, message)
    else if (message.type === 'leave') interrupt(stoppedWithHost)
    else controller.abort(message.type === 'pause' ? pauseReason : 'cancel')
  })
}

/** Stops the work where it can be taken up again; where it cannot, it is listed as interrupted, unless a person has stopped it before. */
function interrupt(reason: WorkbenchError): void {
  if (!controller.signal.aborted) interruption = reason
  controller.abort(pauseReason)
}

async function work(kinds: Record<string, JobDefinition>, start: StartMessage): Promise<void> {
  let answer: JobMessage
  try {
    answer = { type: 'result', result: await perform(kinds, start) }
  } catch (error) {
    answer = { type: 'error', error: toErrorDocument(error) }
  }
  await host?.send(answer)
  // Native libraries may keep threads, and crash in their destructors: the answer is out, so leave without ceremony.
  process.exit(0)
}

type StartMessage = Extract<HostMessage, { type: 'start' }>

async function perform(kinds: Record<string, JobDefinition>, start: StartMessage) {
  const { kind, input, workspace: directory, queued } = start
  const definition = kinds[kind]
  if (definition === undefined && queued !== undefined)
    throw queuedElsewhere(queued, kind, phrase`it knows no such work`)
  assert(definition, `unknown job kind ${kind}`)
  const { mode, create } = definition
  if (create && !isWorkspace(directory)) await definition.check?.(understood(definition, start) as never)
  const workspace = mode === 'write' ? openWorkspace(directory, { mode, create }) : openWorkspace(directory, { mode })
  const listed = () =>
    queued === undefined ? JobEntry.open(directory, kind, input) : JobEntry.adopt(directory, queued)
  const entry = mode === 'write' ? listed() : undefined
  try {
    if (entry) tell({ type: 'listed', id: entry.id })
    const result = await definition.run(workspace, understood(definition, start) as never, context(entry))
    entry?.finish(isPaused(result) ? 'paused' : 'done', { result })
    return result
  } catch (error) {
    const stopped = error instanceof WorkbenchError && error.code === 'cancelled'
    if (!stopped) entry?.finish('failed', { error: toErrorDocument(error) })
    else if (interruption !== undefined) entry?.interrupt(interruption.toDocument())
    else entry?.finish('cancelled')
    throw error
  } finally {
    entry?.close()
    workspace.close()
  }
}

/** What the job is given, with its defaults. A host checks what it is asked for, so an entry of the queue that is refused here is of another version. */
function understood(definition: JobDefinition, { kind, input, queued }: StartMessage): unknown {
  const parsed = definition.input.safeParse(input)
  if (parsed.success) return parsed.data
  if (queued === undefined) throw parsed.error
  throw queuedElsewhere(queued, kind, statements(parsed.error.issues.map(issuePhrase)))
}

const startAgain = phrase`Nothing half-written was kept. Start it again.`
const orphaned = new WorkbenchError(
  'crashed',
  phrase`The workbench that this job belonged to ended without a word: it was killed, or it crashed.`,
  startAgain,
)
const stoppedWithHost = new WorkbenchError(
  'crashed',
  phrase`The workbench that this job belonged to was stopped while it ran.`,
  startAgain,
)

const queuedElsewhere = (id: number, kind: string, why: Phrase) =>
  new WorkbenchError(
    'conflict',
    phrase`Job ${String(id)} (${kindWord(kind)}) was put into the queue by another version of the workbench, and this one cannot do it: ${why}.`,
    phrase`Start it anew.`,
  )

/** Work that can be taken up again says so in its result when it was asked to pause. */
function isPaused(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'status' in result && result.status === 'paused'
}

/** What the job's function is given: passes progress and warnings on, to the host and to the workspace's list of jobs. */
function context(entry: JobEntry | undefined): JobContext {
  let toldAt = 0
  let toldStage = ''
  return {
    report(progress: Progress) {
      const now = performance.now()
      const complete = progress.done === progress.total
      const stage = render(progress.stage)
      if (stage === toldStage && !complete && now - toldAt < progressMilliseconds) return
      toldAt = now
      toldStage = stage
      tell({ type: 'progress', progress })
      entry?.progress(progress)
    },
    warn(message: Phrase) {
      tell({ type: 'warning', message })
      entry?.warning(message)
    },
    signal: controller.signal,
  }
}

function tell(message: JobMessage): void {
  void host?.send(message)
}
