import { strict as assert } from 'node:assert'
import { setTimeout as sleep } from 'node:timers/promises'
import { WorkbenchError } from '../../shared/errors.ts'
import type { JobRecord, JobWithResult } from '../../shared/jobs.ts'
import { laneOf } from '../../shared/lanes.ts'
import { phrase, verbatim } from '../../shared/phrase.ts'
import { type Progress, pauseReason } from '../../shared/progress.ts'
import {
  findJob,
  finishJob,
  insertJob,
  listJobs,
  listJobsChangedSince,
  listQueuedJobs,
  listRunningJobs,
} from '../storage/jobs.ts'
import { openWorkspace, type WriteWorkspace } from '../storage/workspace.ts'
import { cancelJob } from './cancel.ts'
import { followUpOf } from './follow-up.ts'
import { runJob } from './host.ts'
import { leaveReason } from './messages.ts'
import type { JobInput, JobKind } from './registry.ts'
import { kindWord, stateWords } from './words.ts'

/** Jobs of other hosts tell us nothing: their entries are read this often. */
const pollMilliseconds = 1_000
/** How often a watcher is told at most. */
const watchMilliseconds = 100

interface RunningJob {
  kind: string
  controller: AbortController
  progress: Progress | null
  ended: Promise<unknown>
}

/**
 * Starts jobs for a host that people watch: a job goes on when nobody waits for it, jobs of one lane wait for each other, and the queue outlives the host.
 * Every entry is in the workspace, so that jobs of the command line and of earlier hosts are seen too.
 */
export class JobSupervisor {
  readonly #workspace: WriteWorkspace
  readonly #runJob: typeof runJob
  readonly #running = new Map<number, RunningJob>()
  /** Jobs whose follow-up has not joined the queue yet. */
  readonly #ended = new Set<number>()
  readonly #watchers = new Set<(id: number) => void>()
  #closed = false
  #retry: NodeJS.Timeout | undefined

  /**
   * @param directory the workspace, which is made when there is none.
   * @param run does a job; replaced by tests.
   */
  constructor(directory: string, run: typeof runJob = runJob) {
    this.#runJob = run
    this.#workspace = openWorkspace(directory, { mode: 'write', create: true })
    this.#goOn()
  }

  /** Puts a job into its lane, where it starts at once or waits; returns its entry. */
  start<Kind extends JobKind>(kind: Kind, input: JobInput<Kind>): JobRecord {
    assert(!this.#closed, 'the supervisor is closed')
    const id = insertJob(this.#workspace.database, kind, input, 'queued')
    this.#goOn()
    return this.#withoutResult(id)
  }

  /** The jobs that run because of this host, and stop with it. */
  get running(): JobRecord[] {
    return [...this.#running.keys()].map((id) => this.#withoutResult(id))
  }

  /** The newest jobs first, with what only this host knows of those that it runs. */
  list(limit: number): JobRecord[] {
    return listJobs(this.#workspace.database, limit).map((record) => ({ ...record, ...this.#live(record) }))
  }

  /** A job with the newest progress. @throws WorkbenchError `not-found`. */
  find(id: number): JobWithResult {
    const record = findJob(this.#workspace.database, id)
    return { ...record, ...this.#live(record) }
  }

  /** Asks a job to stop, whoever runs it; one that waits leaves the queue. @throws WorkbenchError `not-found`, `conflict` when it does not run. */
  cancel(id: number): JobRecord {
    const own = this.#running.get(id)
    if (own === undefined) cancelJob(this.#workspace, id)
    else own.controller.abort('cancel')
    this.#announce(id)
    return this.find(id)
  }

  /** Asks a training of this host to stop where it can be resumed. @throws WorkbenchError `not-found`, `conflict`. */
  pause(id: number): JobRecord {
    const record = this.find(id)
    const own = this.#running.get(id)
    if (own === undefined || record.state !== 'running') {
      const name = phrase`Job ${String(id)} (${kindWord(record.kind)})`
      throw new WorkbenchError(
        'conflict',
        record.state === 'running'
          ? phrase`${name} cannot be paused from here: it belongs to process ${String(record.pid)}.`
          : phrase`${name} cannot be paused from here: it is ${stateWords[record.state]}.`,
        phrase`A training that was cancelled can be resumed as well.`,
      )
    }
    own.controller.abort(pauseReason)
    this.#announce(id)
    return this.#withoutResult(id)
  }

  /** The entries that change, as they do; several changes of one job between two readings are one. */
  async *watch(signal?: AbortSignal): AsyncGenerator<JobRecord[]> {
    const changed = new Set<number>()
    let wake = () => {}
    const watcher = (id: number) => {
      changed.add(id)
      wake()
    }
    let seenUntil = new Date().toISOString()
    const known = new Map<number, string>()
    this.#watchers.add(watcher)
    try {
      while (!signal?.aborted && !this.#closed) {
        for (const record of this.#changedSince(seenUntil)) {
          const fingerprint = `${record.state} ${record.updatedAt}`
          if (known.get(record.id) !== fingerprint) changed.add(record.id)
          known.set(record.id, fingerprint)
          if (record.updatedAt > seenUntil) seenUntil = record.updatedAt
        }
        if (changed.size > 0) {
          const ids = [...changed].sort((a, b) => a - b)
          changed.clear()
          yield ids.map((id) => this.#withoutResult(id))
          await sleep(watchMilliseconds)
        }
        if (changed.size === 0) {
          const woken = new Promise<void>((resolve) => {
            wake = resolve
          })
          signal?.addEventListener('abort', wake, { once: true })
          await Promise.race([woken, sleep(pollMilliseconds, undefined, { ref: false })])
          signal?.removeEventListener('abort', wake)
        }
      }
    } finally {
      this.#watchers.delete(watcher)
    }
  }

  /** Asks what runs to stop where it can be taken up again (other work is listed as interrupted), waits until it has, and gives the workspace back. What waits stays in the queue. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#retry)
    for (const { controller } of this.#running.values()) controller.abort(leaveReason)
    for (const watcher of this.#watchers) watcher(0)
    await Promise.all([...this.#running.values()].map(({ ended }) => ended))
    this.#workspace.close()
  }

  /** Has follow-ups of what ended join the queue, and starts what can be; tries again where the disk refuses or a lane is busy, since nobody waits for an answer here. */
  #goOn(): void {
    clearTimeout(this.#retry)
    let isDone = false
    try {
      for (const id of this.#ended) this.#followUp(id)
      isDone = this.#closed || this.#startWaiting()
    } catch (error) {
      process.stderr.write(`${(error as Error).message}\n`)
    }
    if (!isDone && !this.#closed) this.#retry = setTimeout(() => this.#goOn(), pollMilliseconds).unref()
  }

  /** Starts jobs whose lane is free; whether all have been. A lane that a job of another host keeps busy becomes free without a word to us. */
  #startWaiting(): boolean {
    const database = this.#workspace.database
    const busy = new Set(listRunningJobs(database).map(({ kind }) => laneOf(kind)))
    for (const { kind } of this.#running.values()) busy.add(laneOf(kind))
    for (const job of listQueuedJobs(database)) {
      const lane = laneOf(job.kind)
      if (this.#running.has(job.id) || (lane !== undefined && busy.has(lane))) continue
      busy.add(lane)
      this.#run(job)
    }
    return listQueuedJobs(database).every(({ id }) => this.#running.has(id))
  }

  #run({ id, kind, input }: JobRecord): void {
    const controller = new AbortController()
    const running: RunningJob = { kind, controller, progress: null, ended: Promise.resolve() }
    const work = this.#runJob(kind as JobKind, input as JobInput<JobKind>, {
      workspace: this.#workspace.directory,
      queued: id,
      priority: 'job',
      context: {
        report: (progress) => {
          running.progress = progress
          this.#announce(id)
        },
        warn: () => this.#announce(id),
        signal: controller.signal,
      },
      onListed: () => this.#announce(id),
    })
    this.#running.set(id, running)
    running.ended = work
      .catch((error: unknown) => this.#recordCrash(id, error))
      .finally(() => {
        this.#running.delete(id)
        this.#announce(id)
        this.#ended.add(id)
        this.#goOn()
      })
  }

  /** What a process could not write down itself, because it ended without an answer or never came to life. */
  #recordCrash(id: number, error: unknown): void {
    const document =
      error instanceof WorkbenchError
        ? error.toDocument()
        : { code: 'internal' as const, message: verbatim(String(error)) }
    try {
      const { state, error: reason } = findJob(this.#workspace.database, id)
      // One that runs is another host's, which was faster to take it out of the queue; one with a reason has said itself why it was interrupted.
      if (!['queued', 'interrupted'].includes(state) || reason !== null) return
      const end = document.code === 'cancelled' ? 'cancelled' : 'failed'
      finishJob(this.#workspace.database, id, end, { error: document })
    } catch (failure) {
      // A disk that refuses: the entry stays as it is, and readers see by its process that it was interrupted.
      if (!(failure instanceof WorkbenchError)) throw failure
    }
  }

  #followUp(id: number): void {
    try {
      const database = this.#workspace.database
      const next = followUpOf(database, findJob(database, id))
      if (next !== undefined) insertJob(database, next.kind, next.input, 'queued')
    } catch (error) {
      // What a full disk or a busy database refuses is tried again; a damaged entry has no follow-up.
      if (error instanceof WorkbenchError && ['storage', 'locked'].includes(error.code)) throw error
      process.stderr.write(`${(error as Error).message}\n`)
    }
    this.#ended.delete(id)
  }

  #live({ id, state }: JobRecord): Pick<Partial<JobRecord>, 'progress' | 'stopping'> {
    const own = state === 'running' ? this.#running.get(id) : undefined
    if (own === undefined) return {}
    const { progress, controller } = own
    // A host that ends does not say so of each of its jobs.
    const { aborted, reason } = controller.signal
    const stopping = aborted && reason !== leaveReason ? (reason === pauseReason ? 'pause' : 'cancel') : undefined
    return { ...(progress && { progress }), ...(stopping && { stopping }) }
  }

  #withoutResult(id: number): JobRecord {
    const { result: _result, ...record } = this.find(id)
    return record
  }

  #changedSince(time: string): JobRecord[] {
    return this.#closed ? [] : listJobsChangedSince(this.#workspace.database, time)
  }

  #announce(id: number): void {
    for (const watcher of this.#watchers) watcher(id)
  }
}
