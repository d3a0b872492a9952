import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { RPCHandler } from '@orpc/server/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'
import type { Host } from '../procedures/procedure.ts'
import { type Connection, router } from '../router.ts'

/** What a page may say at once, in bytes. Files come by upload. */
const longestMessage = 16 * 1024 * 1024
const mostSockets = 64
/** Close codes of RFC 6455: a message is of no kind that is understood, and it is not what it should be. */
const unsupportedData = 1003
const invalidData = 1007

/** What a page sends (oRPC over a socket): a question, the word that an answer is not wanted any more, or an item of a stream. */
const pageMessage = z.union([
  z.object({
    i: z.string(),
    t: z.literal(1).optional(),
    p: z.object({
      u: z.string().refine((place) => place.startsWith('/') && URL.canParse(place, 'http://page')),
      m: z.string().optional(),
      // Files come by upload, and forms not at all.
      h: z
        .record(z.string(), z.union([z.string(), z.array(z.string())]))
        .refine((headers) => !('content-disposition' in headers || 'content-type' in headers))
        .optional(),
      b: z.unknown(),
    }),
  }),
  z.object({ i: z.string(), t: z.literal(3), p: z.object({ e: z.enum(['message', 'error', 'done']) }) }),
  z.object({ i: z.string(), t: z.literal(4) }),
])

/** The sockets of open pages, over which they ask everything that is in the contract. */
export class PageSockets {
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: longestMessage })
  readonly #handler = new RPCHandler<Connection>(router)
  readonly #host: Host

  constructor(host: Host) {
    this.#host = host
  }

  /** Whether as many pages are open as may be. */
  get isFull(): boolean {
    return this.#server.clients.size >= mostSockets
  }

  /** Makes a socket of a request that may have one. */
  open(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      // A message that is too long ends the connection; nothing else is to be done about it.
      webSocket.on('error', () => {})
      void this.#handler.upgrade(readerOf(webSocket), { context: { host: this.#host } })
    })
  }

  /** Cuts them all. */
  close(): void {
    this.#server.close()
    for (const client of this.#server.clients) client.terminate()
  }
}

/** The socket as the handler needs it, which answers whatever comes: it hears only what a page could have said, and what else comes ends the connection. */
function readerOf(socket: WebSocket) {
  const refuse = (code: number, reason: string) => {
    if (socket.readyState !== socket.OPEN) return
    process.stderr.write(`A connection was closed: ${reason}.\n`)
    socket.close(code, reason)
  }
  return {
    send: socket.send.bind(socket),
    addEventListener(type: 'message' | 'close', listener: (event: never) => void) {
      if (type === 'close') socket.addEventListener('close', listener as () => void)
      else
        socket.addEventListener('message', (event) => {
          if (typeof event.data !== 'string') refuse(unsupportedData, 'it sent what is no text')
          else if (!isPageMessage(event.data)) refuse(invalidData, 'it sent what no page says')
          else if (socket.readyState === socket.OPEN) listener(event as never)
        })
    },
  } as unknown as WebSocket
}

function isPageMessage(text: string): boolean {
  try {
    return pageMessage.safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}
