import type { Launcher, LaunchOptions, ParentProcess } from './processes.ts'
import type { FromUtility, ToUtility, UtilityPort } from './utility-messages.ts'

/** This process's side of a utility process's channel: the parent, and how to have processes launched by it. */
export function connectUtility(port: UtilityPort): { parent: ParentProcess; launcher: Launcher } {
  const listeners: ((message: unknown) => void)[] = []
  const unheard: unknown[] = []
  const sent = new Map<number, () => void>()
  const launched = new Map<number, LaunchOptions & { processId?: number }>()
  let number = 0
  const post = (message: FromUtility) => port.postMessage(message)

  port.on('message', ({ data }: { data: ToUtility }) => {
    if (data.kind === 'message') {
      if (listeners.length === 0) unheard.push(data.message)
      for (const listener of listeners) listener(data.message)
    } else if (data.kind === 'received') {
      sent.get(data.number)?.()
      sent.delete(data.number)
    } else takeFromLaunched(data)
  })

  function takeFromLaunched(data: Extract<ToUtility, { id: number }>): void {
    const options = launched.get(data.id)
    if (options === undefined) return
    if (data.kind === 'launched-started') {
      options.processId = data.processId
      options.onStarted?.(data.processId)
    } else if (data.kind === 'launched-message') options.onMessage(data.message)
    else {
      launched.delete(data.id)
      options.onEnded(data.end)
    }
  }

  const parent: ParentProcess = {
    send: (message) =>
      new Promise((resolve) => {
        sent.set(++number, resolve)
        post({ kind: 'message', number, message })
      }),
    onMessage: (listener) => {
      listeners.push(listener)
      for (const message of unheard.splice(0)) listener(message)
    },
    onGone() {},
    // The port keeps a utility process alive, and it has no way to close it.
    disconnect: () => process.exit(0),
  }

  const launcher: Launcher = (module, parameters, options) => {
    const id = ++number
    const entry = { ...options }
    launched.set(id, entry)
    post({ kind: 'launch', id, module, parameters })
    return {
      get processId() {
        return launched.get(id)?.processId
      },
      send: (message) => post({ kind: 'tell', id, message }),
      kill: () => post({ kind: 'kill', id }),
    }
  }
  return { parent, launcher }
}
