import { type UtilityProcess, utilityProcess } from 'electron'
import { lowerPriority, type Priority } from '../launch/priority.ts'
import {
  errorCharacters,
  type LaunchedProcess,
  type Launcher,
  type LaunchOptions,
  type ProcessEnd,
} from '../launch/processes.ts'
import type { FromUtility, ToUtility } from '../launch/utility-messages.ts'

/**
 * Launches Electron's utility processes. A packed Electron runs no Node of its own (its fuse is off), so Node's `fork` does not work there; a utility process
 * that wants a process in turn asks for it here.
 */
export const launchUtility: Launcher = (module, parameters, options) => {
  const child = utilityProcess.fork(module, [...parameters], {
    stdio: ['ignore', 'ignore', 'pipe'],
    serviceName: 'BehaveGPT job',
  })
  const launched = new Map<number, LaunchedProcess>()
  const post = (message: ToUtility) => child.postMessage(message)
  const errorOutput = collect(child)
  let processId: number | undefined
  let isOver = false
  let isToEnd = false

  child.on('spawn', () => {
    processId = child.pid
    if (isToEnd) endProcess(child)
    else {
      if (options.priority !== undefined) lowerPriority(child.pid!, options.priority)
      options.onStarted?.(child.pid!)
    }
  })
  child.on('message', (message: FromUtility) => {
    if (message.kind === 'message') {
      options.onMessage(message.message)
      if (!isOver) post({ kind: 'received', number: message.number })
    } else if (message.kind === 'launch')
      launched.set(
        message.id,
        launchFor(message, options.priority, post, () => isOver),
      )
    else if (message.kind === 'tell') launched.get(message.id)?.send(message.message)
    else launched.get(message.id)?.kill()
  })
  child.on('exit', (code) => {
    isOver = true
    for (const process of launched.values()) process.kill()
    void errorOutput().then((text) => options.onEnded(endOf(code, text)))
  })
  return {
    get processId() {
      return processId
    },
    send: (message) => {
      if (!isOver) post({ kind: 'message', message })
    },
    kill: () => {
      isToEnd = true
      if (!isOver) endProcess(child)
    },
  }
}

/** Launches what a utility process asked for, with the priority of that one, and passes on what comes of it. */
function launchFor(
  { id, module, parameters }: Extract<FromUtility, { kind: 'launch' }>,
  priority: Priority | undefined,
  post: (message: ToUtility) => void,
  isOver: () => boolean,
): LaunchedProcess {
  const tell = (message: ToUtility) => {
    if (!isOver()) post(message)
  }
  const options: LaunchOptions = {
    priority,
    onStarted: (processId) => tell({ kind: 'launched-started', id, processId }),
    onMessage: (message) => tell({ kind: 'launched-message', id, message }),
    onEnded: (end) => tell({ kind: 'launched-ended', id, end }),
  }
  return launchUtility(module, parameters, options)
}

/** The end of what the process writes to standard error, once it has been read to its end. */
function collect(child: UtilityProcess): () => Promise<string> {
  let text = ''
  const { promise, resolve } = Promise.withResolvers<void>()
  child.stderr?.on('data', (chunk: Buffer | string) => {
    text = (text + chunk).slice(-errorCharacters)
  })
  for (const event of ['end', 'close', 'error']) child.stderr?.on(event, () => resolve())
  // A grandchild may hold the pipe open.
  return () => {
    setTimeout(resolve, child.stderr === null ? 0 : 1_000)
    return promise.then(() => text)
  }
}

/** Electron gives what `waitpid` says: of a process that a signal ended, the signal's number. No process of ours leaves with one of these as its code. */
function endOf(code: number, errorOutput: string): ProcessEnd {
  const signal = process.platform === 'win32' ? undefined : signals[code]
  return signal === undefined ? { code, signal: null, errorOutput } : { code: null, signal, errorOutput }
}

const signals: Readonly<Record<number, NodeJS.Signals>> = { 6: 'SIGABRT', 9: 'SIGKILL', 11: 'SIGSEGV', 15: 'SIGTERM' }

/** `child.kill()` asks politely, and native code that computes does not listen. */
function endProcess(child: UtilityProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(child.pid, 'SIGKILL')
  } catch {
    // It ended by itself a moment ago.
  }
}
