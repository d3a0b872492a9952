import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A process, told apart from a later one that was given the same number. */
export interface ProcessIdentity {
  pid: number
  /** When it started, in whatever unit the platform gives; empty where that cannot be known. */
  started: string
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
  self ??= { pid: process.pid, started: startOf(process.pid) ?? '' }
  return self
}

/** Whether exactly this process still runs. Where start times are unknown, any process of that number counts. */
export function isRunning(identity: ProcessIdentity): boolean {
  const started = startOf(identity.pid)
  return started !== undefined && (started === '' || identity.started === '' || started === identity.started)
}
