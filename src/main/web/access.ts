import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'

/** Whether a listening address is reached from this machine alone. */
export const isLoopback = (address: string) => address === '::1' || address === 'localhost' || /^127\./.test(address)

/**
 * The names by which a host may be called. A page of another origin whose name was pointed here (DNS rebinding) still calls itself by that name and is refused.
 * The port does not matter: a tunnel (`ssh -L 8080:127.0.0.1:9000`) has another.
 * @param listen the address that it listens at.
 * @param more names that a person gave, such as that of a proxy.
 */
export function hostNames(listen: string, more: readonly string[]): Set<string> {
  const names = ['localhost', '127.0.0.1', '::1', listen, ...more]
  if (!isLoopback(listen)) {
    names.push(hostname())
    for (const addresses of Object.values(networkInterfaces()))
      for (const { address } of addresses ?? []) names.push(address)
  }
  return new Set(names.map((name) => name.toLowerCase()))
}

/** The name and port of an address as a header has it: `[::1]:80` is `::1`. Undefined when it is none. */
function nameOf(authority: string | undefined): string | undefined {
  const [, bracketed, plain] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(authority ?? '') ?? []
  return (bracketed ?? plain)?.toLowerCase()
}

/** Whether a request calls the host by one of its names. */
export function isForUs(request: IncomingMessage, names: ReadonlySet<string>): boolean {
  const name = nameOf(request.headers.host)
  return name !== undefined && names.has(name)
}

/** Whether a request that changes something was made by a page of this host; browsers always say which page it was. */
export function isFromOurPage({ headers: { origin, host } }: IncomingMessage): boolean {
  return origin === `http://${host}` || origin === `https://${host}`
}

/** Whether a browser says that another site's page made the request; following a link from there to our page is no reason to refuse. */
export function isFromElsewhere({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return false
  return !(headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document')
}

/** Compares two secrets in a time that tells nothing about either. */
export function isSameSecret(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(secret))
}

/** 32 characters that nobody guesses. */
export const randomSecret = () => randomBytes(24).toString('base64url')

/** The cookie that holds the session's secret. Cookies do not tell ports apart, so its name does: hosts of two workspaces must not log each other out. */
export class SessionCookie {
  readonly #name: string
  readonly #secret: string

  constructor(port: number, secret: string) {
    this.#name = `behavegpt-${port}`
    this.#secret = secret
  }

  /**
   * Value of Set-Cookie. No script reads it, and of the requests of another site only following a link to us carries it: Strict would keep it back there
   * too, and on the redirect from the printed address, so that such links would end before a closed door. What changes something asks for our origin.
   */
  get header(): string {
    return `${this.#name}=${this.#secret}; HttpOnly; SameSite=Lax; Path=/`
  }

  isIn({ headers: { cookie = '' } }: IncomingMessage): boolean {
    const values = cookie.split(/;\s*/).filter((part) => part.startsWith(`${this.#name}=`))
    return values.some((part) => isSameSecret(part.slice(this.#name.length + 1), this.#secret))
  }
}

/** An address as a URL has it. */
export const inUrl = (address: string) => (isIP(address) === 6 ? `[${address}]` : address)
