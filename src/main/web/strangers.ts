import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/** Who is not in has so long to say the whole of what they ask: a form is a few bytes. */
const patienceMilliseconds = 10_000
/** So many connections may be open at once over which nobody who is in has asked anything yet. */
const mostConnections = 256

/** Connections of whoever is not in: they must not stay for ever, nor take what others need. */
export class Strangers {
  readonly #connections = new Set<Socket>()

  /** A connection was made. Where there are too many, the oldest goes: a person's own is young, since a browser asks at once. */
  meet(socket: Socket): void {
    this.#connections.add(socket)
    socket.once('close', () => this.#connections.delete(socket))
    if (this.#connections.size <= mostConnections) return
    const [oldest] = this.#connections
    this.#connections.delete(oldest)
    oldest.destroy()
  }

  /** Somebody who is in asks over the connection. */
  know(socket: Socket): void {
    this.#connections.delete(socket)
  }

  /** Ends a request whose body does not come to its end soon. */
  hurry(request: IncomingMessage): void {
    const timer = setTimeout(() => request.destroy(), patienceMilliseconds)
    request.once('close', () => clearTimeout(timer))
  }
}
