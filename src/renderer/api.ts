import { createORPCClient } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import type { Contract } from '../shared/contract/index.ts'
import { pageMessages } from '../shared/desktop.ts'
import { WorkbenchError } from '../shared/errors.ts'
import { phrase } from '../shared/phrase.ts'
import { closedBy, connection } from './connection.ts'
import { desktop } from './desktop.ts'

/** Everything the page may ask of the workbench, typed by the contract. */
export type Api = ContractRouterClient<Contract>

let client: Api | undefined

/** The workbench. Call it after `connect`; methods throw what `errorOf` explains. */
export const api: Api = new Proxy({} as Api, {
  get: (_target, area) => (client as never)[area],
})

/** Opens the way to the workbench, however long that takes: the desktop's message port where the preload hands one over, else the web host's WebSocket. */
export async function connect(): Promise<void> {
  const port = await desktopPort()
  if (port !== undefined) client = createORPCClient(new PortLink({ port }))
  else await connectPatiently()
}

/** The preload posts one message with the port; in a browser nobody does. */
function desktopPort(): Promise<MessagePort | undefined> {
  if (desktop === undefined) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    window.addEventListener('message', function take({ source, data, ports: [port] }) {
      if (source !== window || data !== pageMessages.port || port === undefined) return
      window.removeEventListener('message', take)
      port.start()
      resolve(port)
    })
    window.postMessage(pageMessages.ready, window.origin)
  })
}

const reconnectMilliseconds = 1_000

async function connectSocket(): Promise<void> {
  const socket = new WebSocket(new URL('/rpc', location.href.replace(/^http/, 'ws')))
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true })
    // Not every attempt that comes to nothing is an error to the browser.
    socket.addEventListener('close', () => reject(noAnswer()), { once: true })
  })
  // Before the client hears it and ends what was asked: why that ended is told by what is known here.
  socket.addEventListener('close', () => {
    connection.value = 'lost'
    void pause().then(connectPatiently)
  })
  client = createORPCClient(new SocketLink({ websocket: socket }))
  connection.value = 'open'
  closedBy.value = undefined
}

/** Tries until the host takes the page, and tells meanwhile why it does not. */
async function connectPatiently(): Promise<void> {
  for (;;) {
    try {
      return await connectSocket()
    } catch {
      connection.value = 'lost'
      closedBy.value = await closedDoor()
      await pause()
    }
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, reconnectMilliseconds))

/** What keeps the page out; undefined where the host does not answer, or would take it. A browser does not tell why a socket was refused. */
async function closedDoor(): Promise<typeof closedBy.value> {
  try {
    const { status } = await fetch('/rpc', { method: 'HEAD' })
    return ({ 401: 'password', 403: 'token', 503: 'full' } as const)[status]
  } catch {
    return undefined
  }
}

const noAnswer = () =>
  new WorkbenchError(
    'crashed',
    phrase`The workbench does not answer.`,
    phrase`See whether it still runs; the page goes on by itself once it answers again.`,
  )

/** Follows a subscription until the caller's scope ends; starts again when the connection comes back. */
export async function follow<Event>(
  subscribe: (signal: AbortSignal) => Promise<AsyncIterable<Event>>,
  onEvent: (event: Event) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const event of await subscribe(signal)) onEvent(event)
    } catch {
      // The connection is gone or the page left; both are seen above.
    }
    if (!signal.aborted) await pause()
  }
}
