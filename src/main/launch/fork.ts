import { fork } from 'node:child_process'
import { lowerPriority, lowerSessionPriority } from './priority.ts'
import { errorCharacters, type LaunchedProcess, type LaunchOptions } from './processes.ts'

/** Launches with Node's `fork`. */
export function forkProcess(
  module: string,
  parameters: readonly string[],
  { priority, input = 'ignore', onStarted, onMessage, onEnded }: LaunchOptions,
): LaunchedProcess {
  const hasOwnSession = priority !== undefined && process.platform === 'linux'
  const child = fork(module, parameters, {
    detached: hasOwnSession,
    serialization: 'advanced',
    // Nothing that native code prints may reach the host's standard output, which carries documents.
    stdio: [input, 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  })
  let errorOutput = ''
  let ended = false
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorOutput = (errorOutput + text).slice(-errorCharacters)
  })
  child.on('spawn', () => {
    if (hasOwnSession) lowerSessionPriority(child.pid!, priority)
    else if (priority !== undefined) lowerPriority(child.pid!, priority)
    onStarted?.(child.pid!)
  })
  child.on('message', onMessage)
  child.on('error', ({ message }) => {
    // Also a message that could not be sent is told here; only a process that never started ends by it.
    if (child.pid !== undefined || ended) return
    ended = true
    onEnded({ code: null, signal: null, errorOutput, failure: message })
  })
  // `close` comes after the last byte of standard error, `exit` before it.
  child.on('close', (code, signal) => {
    if (ended) return
    ended = true
    onEnded({ code, signal, errorOutput })
  })
  return {
    get processId() {
      return child.pid
    },
    send: (message) => {
      if (child.connected) child.send(message as never, () => {})
    },
    kill: () => child.kill('SIGKILL'),
  }
}
