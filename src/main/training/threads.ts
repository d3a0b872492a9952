import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { readSettings } from '../storage/settings.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'

/** Threads of a training that names none: those of the workspace's settings, or else `defaultThreads`. */
export function threadsOf({ database }: ReadWorkspace): number {
  return readSettings(database).threads ?? defaultThreads()
}

/**
 * Threads to train with on the cpu: the physical cores that this process may use, since two threads of one core share its arithmetic units. Where the system does not say
 * which threads share a core (all but Linux), the logical processors.
 */
export function defaultThreads(): number {
  return Math.min(physicalCores() ?? Number.POSITIVE_INFINITY, availableParallelism())
}

function physicalCores(): number | undefined {
  const processors = '/sys/devices/system/cpu'
  try {
    const siblings = readdirSync(processors)
      .filter((name) => /^cpu\d+$/.test(name))
      .map((name) => readFileSync(`${processors}/${name}/topology/thread_siblings_list`, 'utf8').trim())
    return siblings.length > 0 ? new Set(siblings).size : undefined
  } catch {
    return undefined
  }
}
