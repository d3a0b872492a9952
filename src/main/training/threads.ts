import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

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
