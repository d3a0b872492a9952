import { defineStore } from 'pinia'
import { computed, shallowReactive } from 'vue'
import type { ErrorDocument } from '../../shared/errors.ts'
import type { JobRecord } from '../../shared/jobs.ts'
import { phrase } from '../../shared/phrase.ts'
import { api, follow } from '../api.ts'
import { errorOf, explained } from '../connection.ts'

const ongoing = ['queued', 'running']

/**
 * Why a job was interrupted, and what to do.
 * @param isResumable whether its work can be taken up again.
 */
export function interruptionOf({ error }: JobRecord, isResumable: boolean): ErrorDocument {
  const { code, message, hint } = error ?? {
    code: 'crashed',
    message: phrase`The job was interrupted.`,
    hint: phrase`Start it again.`,
  }
  return { code, message, hint: isResumable ? phrase`Resume it: it goes on from its last checkpoint.` : hint }
}

/** Of a job that ended without a result and without an error. */
const withoutError = (record: JobRecord): ErrorDocument =>
  record.state === 'cancelled'
    ? { code: 'cancelled', message: phrase`The job was cancelled.` }
    : interruptionOf(record, false)

/** Every job of the workspace, as it changes: what the drawer shows, and what pages wait for. */
export const useJobs = defineStore('jobs', () => {
  const records = shallowReactive(new Map<number, JobRecord>())
  const waiting = new Map<number, ((record: JobRecord) => void)[]>()
  const listeners = new Set<(record: JobRecord) => void>()

  /** @param isNews whether a job that is seen for the first time has ended just now, and not before anybody looked. */
  function take(changed: readonly JobRecord[], isNews: boolean): void {
    for (const record of changed) {
      const before = records.get(record.id)
      records.set(record.id, record)
      if (ongoing.includes(record.state)) continue
      for (const resolve of waiting.get(record.id) ?? []) resolve(record)
      waiting.delete(record.id)
      if (before === undefined ? isNews : ongoing.includes(before.state)) {
        for (const listener of listeners) listener(record)
      }
    }
  }

  async function start(signal: AbortSignal): Promise<void> {
    await follow(
      async (own) => {
        const stream = await api.jobs.watch({}, { signal: own })
        take(await api.jobs.list({ limit: 100 }), false)
        return stream
      },
      (changed) => take(changed, true),
      signal,
    )
  }

  /** Settles when the job has ended, with its last entry. */
  function ended(id: number): Promise<JobRecord> {
    const record = records.get(id)
    if (record !== undefined && !ongoing.includes(record.state)) return Promise.resolve(record)
    return new Promise((resolve) => waiting.set(id, [...(waiting.get(id) ?? []), resolve]))
  }

  /** What a started job gave back once it is done. Throws what `errorOf` explains when it ended otherwise. */
  async function resultOf<Result>(started: Promise<JobRecord>): Promise<Result> {
    const { id } = await started
    const record = await ended(id)
    if (record.state !== 'done' && record.state !== 'paused') throw explained(record.error ?? withoutError(record))
    return (await api.jobs.show({ id })).result as Result
  }

  /** Calls back whenever a job ends; returns how to stop. */
  function onEnded(listener: (record: JobRecord) => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  const newestFirst = computed(() => [...records.values()].sort((a, b) => b.id - a.id))
  const active = computed(() => newestFirst.value.filter(({ state }) => ongoing.includes(state)))
  return { records, newestFirst, active, start, ended, resultOf, onEnded, errorOf }
})
