import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** A process, told apart from a later one that was given the same number. */
export interface ProcessIdentity {
  pid: number
  /** When it started, in whatever unit the platform gives; empty where that cannot be known. */
  started: string
  /** Where its number counts; undefined where that was not written down, or is nothing that systems of this kind have. */
  place?: ProcessPlace
}

/** Where process numbers count: containers on one machine have their own, and so have other machines that mounted the same folder. */
export interface ProcessPlace {
  /** Number of the PID namespace. */
  namespace: string
  /** Short digest of the machine's name (see `machineDigest`). */
  machine: string
}

/** When a process started, as an opaque text that differs between two processes of one number; undefined when there is no such process. */
function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    let stat: string
    try {
      stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    } catch {
      return undefined
    }
    // The command name is in parentheses and may hold spaces; state is field 3 and starttime field 22 of the line.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const zombie = fields[0] === 'Z' || fields[0] === 'X'
    return zombie ? undefined : `${bootIdentity()}/${fields[19]}`
  }
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined
  }
  if (process.platform === 'win32') return ''
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    }).trim()
  } catch {
    return ''
  }
}

let boot: string | undefined
function bootIdentity(): string {
  if (boot === undefined) {
    try {
      boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().slice(0, 8)
    } catch {
      boot = ''
    }
  }
  return boot
}

let self: ProcessIdentity | undefined
/** This process. */
export function thisProcess(): ProcessIdentity {
  self ??= { pid: process.pid, started: startOf(process.pid) ?? '', place: thisPlace() }
  return self
}

/** A machine's name in few characters, for file names. */
export const machineDigest = (name: string) => createHash('sha256').update(name).digest('hex').slice(0, 8)

function thisPlace(): ProcessPlace | undefined {
  try {
    const [namespace] = /\d+/.exec(readlinkSync('/proc/self/ns/pid')) ?? ['']
    return { namespace, machine: machineDigest(hostname()) }
  } catch {
    return undefined
  }
}

/** Whether a process was in another container or on another machine, so that nothing here can tell whether it still runs. */
export function isElsewhere({ started, place }: ProcessIdentity): boolean {
  const here = thisProcess().place
  if (place === undefined || here === undefined) return false
  // A machine may be given another name while it runs, and has another boot afterwards.
  const sameMachine = place.machine === here.machine || started.startsWith(`${bootIdentity()}/`)
  return !sameMachine || place.namespace !== here.namespace
}

/** Whether exactly this process still runs; of one elsewhere it is taken for granted. Where start times are unknown, any process of that number counts. */
export function isRunning(identity: ProcessIdentity): boolean {
  if (isElsewhere(identity)) return true
  const started = startOf(identity.pid)
  return started !== undefined && (started === '' || identity.started === '' || started === identity.started)
}
