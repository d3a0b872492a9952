import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WorkbenchError } from '../shared/errors.ts'
import { jobTitle } from '../shared/job-titles.ts'
import type { JobRecord } from '../shared/jobs.ts'
import { type Phrase, phrase } from '../shared/phrase.ts'
import type { WorkbenchStatus } from '../shared/workspace.ts'
import { JobSupervisor } from './jobs/supervisor.ts'
import { programVersion } from './launch/program.ts'
import { FileAccess } from './procedures/file-access.ts'
import type { Dialogs, Host } from './procedures/procedure.ts'
import { LabelNews } from './review/label-news.ts'
import type { ReadDatabase } from './storage/database.ts'
import { findDataset } from './storage/datasets.ts'
import { listQueuedJobs, listRunningJobs } from './storage/jobs.ts'
import { acquireLock, type Lock, lockHolder } from './storage/locks.ts'
import { findRunName } from './storage/runs.ts'
import { openWorkspace } from './storage/workspace.ts'
import { createWorkbench } from './workbench.ts'

/** A workspace that is open for a page, in the desktop or in a browser. */
export interface OpenPageHost {
  /** What the router serves. */
  readonly host: Host
  readonly jobs: JobSupervisor
  readonly files: FileAccess
  /** Calls back with every job that ends from now on, until the host is closed. */
  onJobEnded(listener: (job: JobRecord) => void): void
  /** What a job does, and to what, by the names that people gave. */
  titleOf(job: JobRecord): Phrase
  /** Tells whoever is refused the workspace where its page is. @param address without a secret: it is written down. */
  tellAddress(address: string): void
  /** Jobs whose input is still needed: they wait in the queue, or run. */
  waitingJobs(): JobRecord[]
  /**
   * Has trainings pause and other work stop, waits for it, and gives the workspace back; a second call only waits.
   * @param last what is done when nothing works any more and nobody else has the workspace yet.
   */
  close(last?: () => void): Promise<void>
}

export interface PageHostOptions {
  readonly kind: WorkbenchStatus['host']
  readonly allowedFolder?: string
  readonly dialogs?: Dialogs
}

const purposes = { desktop: phrase`showing the desktop workbench`, web: phrase`serving the web workbench` }
/** A disk that refuses is asked again after so long. */
const againMilliseconds = 1_000
const ongoing = ['queued', 'running']

/**
 * Opens a workspace for a page, making it where there is none. Only one host has it at a time, since two would run the same queue; the command line
 * works beside it. A host that crashed holds nothing.
 * @throws WorkbenchError `locked` that names the process that holds it and what it is, `not-found` when the allowed folder does not exist.
 */
export function openPageHost(directory: string, { kind, allowedFolder, dialogs }: PageHostOptions): OpenPageHost {
  // First: where the allowed folder is not there, no workspace is made.
  const files = new FileAccess(path.resolve(directory), allowedFolder)
  const workspace = openWorkspace(directory, { mode: 'write', create: true })
  let lock: Lock | undefined
  try {
    lock = takeHostLock(workspace.database, purposes[kind])
    const jobs = new JobSupervisor(workspace.directory)
    const labelNews = new LabelNews()
    const page = { kind, version: programVersion, jobs, labelNews, files, dialogs }
    const { host } = createWorkbench(workspace.directory, page)
    const closing = new AbortController()
    const closed = Promise.withResolvers<void>()
    return {
      host,
      jobs,
      files,
      onJobEnded: (listener) => void tellEnds(jobs, closing.signal, listener),
      titleOf: (job) => jobTitle(job, (idOrName) => nameOf(workspace.database, idOrName)),
      tellAddress: (address) => lock?.describe(phrase`${purposes[kind]} at ${address}`),
      waitingJobs: () => [...listQueuedJobs(workspace.database), ...listRunningJobs(workspace.database)],
      async close(last) {
        if (closing.signal.aborted) return await closed.promise
        closing.abort()
        labelNews.close()
        host.desks.close()
        host.evaluations.close()
        host.designs.close()
        try {
          await jobs.close()
          last?.()
        } finally {
          lock?.[Symbol.dispose]()
          workspace.close()
          closed.resolve()
        }
      },
    }
  } catch (error) {
    lock?.[Symbol.dispose]()
    workspace.close()
    throw error
  }
}

/** What a person calls the run or dataset of an id; what is given where it is a name already, or of nothing known. */
const nameOf = (database: ReadDatabase, idOrName: string) =>
  findRunName(database, idOrName) ?? findDataset(database, idOrName)?.names[0] ?? idOrName

function takeHostLock(database: Parameters<typeof acquireLock>[0], purpose: Phrase): Lock {
  try {
    return acquireLock(database, 'host', purpose)
  } catch (error) {
    if (!(error instanceof WorkbenchError && error.code === 'locked')) throw error
    // Nobody here can look at that one or stop it, and the lock's own hint says what can be done.
    if (lockHolder(database, 'host')?.machine !== undefined) throw error
    throw new WorkbenchError(
      'locked',
      error.toDocument().message,
      phrase`Use that one, stop it, or open another workspace. The command line works beside it.`,
    )
  }
}

async function tellEnds(jobs: JobSupervisor, signal: AbortSignal, listener: (job: JobRecord) => void): Promise<void> {
  const ended = new Set<number>()
  const tell = (job: JobRecord) => {
    if (ongoing.includes(job.state)) ended.delete(job.id)
    else if (!ended.has(job.id)) {
      ended.add(job.id)
      listener(job)
    }
  }
  while (!signal.aborted) {
    try {
      for await (const changed of jobs.watch(signal)) changed.forEach(tell)
    } catch (error) {
      // The host outlives a disk that refuses for a while; what ends meanwhile is seen by whoever looks at the page.
      process.stderr.write(`${(error as Error).message}\n`)
      await sleep(againMilliseconds, undefined, { ref: false })
    }
  }
}
