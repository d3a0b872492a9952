import { createReadStream, lstatSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { RPCHandler } from '@orpc/server/ws'
import { WebSocketServer } from 'ws'
import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import { findPageFile } from '../page/files.ts'
import { securityHeaders } from '../page/security.ts'
import type { Host } from '../procedures/procedure.ts'
import { type Connection, router } from '../router.ts'
import { isForUs, isFromElsewhere, isFromOurPage, isSameSecret, type SessionCookie } from './access.ts'
import { answerError, answerJson, refuse } from './answers.ts'
import type { Attempt, Login } from './login.ts'
import { closedPage, entrancePolicy, loginPage, needsToken } from './pages.ts'
import type { Uploads } from './uploads.ts'

export interface WebServerOptions {
  readonly host: Host
  /** Folder of the built page. */
  readonly page: string
  /** Names by which a browser may call this host. */
  readonly names: ReadonlySet<string>
  readonly cookie: () => SessionCookie
  readonly uploads: Uploads
  /** How a person proves that they may come in: the secret of the printed address, or a password. */
  readonly entrance: { readonly token: string } | { readonly login: Login }
}

/** What a page may say at once, in bytes. Files come by upload. */
const longestMessage = 16 * 1024 * 1024
const mostSockets = 64
/** An upload from which nothing comes for so long is given up. */
const idleMilliseconds = 60_000
/** A refused upload is listened to for so long. */
const lingerMilliseconds = 3_000
type Answer = (request: IncomingMessage, response: ServerResponse, url: URL) => void | Promise<void>

export interface WebServer {
  readonly server: Server
  /** Cuts every connection, takes no other, and waits until the port is free. */
  close(): Promise<void>
}

/** An HTTP server of the page, of uploads and downloads and, over a WebSocket at /rpc, of everything that the page may ask. */
export function createWebServer(options: WebServerOptions): WebServer {
  const handler = new RPCHandler<Connection>(router)
  const sockets = new WebSocketServer({ noServer: true, maxPayload: longestMessage })
  // An upload may take as long as it takes; whoever says nothing is cut off earlier.
  const server = createServer({ requestTimeout: 0, headersTimeout: 20_000 }, (request, response) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
    Promise.try(serve, request, response, options).catch((error) => answerError(response, error))
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const { names, cookie, host } = options
    const allowed = isForUs(request, names) && isFromOurPage(request) && cookie().isIn(request)
    if (!allowed || request.url !== '/rpc' || sockets.clients.size >= mostSockets) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      // A message that is too long ends the connection; nothing else is to be done about it.
      webSocket.on('error', () => {})
      void handler.upgrade(webSocket, { context: { host } })
    })
  })
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    // It knows nothing of sockets that were upgraded, and waits for them all the same.
    server.closeAllConnections()
    sockets.close()
    for (const client of sockets.clients) client.terminate()
    await closed
  }
  return { server, close }
}

function serve(request: IncomingMessage, response: ServerResponse, options: WebServerOptions): void | Promise<void> {
  if (!isForUs(request, options.names)) return refuse(response, 421, 'This host is not called by that name.')
  if (isFromElsewhere(request)) return refuse(response, 403, 'Pages of other sites may ask nothing here.')
  const url = URL.parse(request.url ?? '', `http://${request.headers.host}`)
  if (url === null || !request.url?.startsWith('/')) return refuse(response, 400, 'This is no address.')
  const entered = enter(request, response, url, options)
  if (entered !== undefined) return entered.answer
  const answer = routes(options).find(([start]) => url.pathname.startsWith(start))?.[1]
  const methods = url.pathname.startsWith('/upload/') ? ['PUT', 'POST'] : ['GET', 'HEAD']
  if (!methods.includes(request.method ?? '')) return refuse(response, 405, `Use ${methods.join(' or ')}.`)
  return answer?.(request, response, url)
}

const routes = ({ uploads, host, page }: WebServerOptions): readonly [string, Answer][] => [
  ['/upload/', (request, response, url) => receive(request, response, url, uploads)],
  ['/exports/', (_request, response, url) => sendExport(response, lastPart(url), host)],
  ['/', (request, response, url) => sendPage(request, response, url, page)],
]

/** Lets a person in or keeps them out; undefined once they are in. */
function enter(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  { cookie, entrance }: WebServerOptions,
): { answer: void | Promise<void> } | undefined {
  const login = 'login' in entrance ? entrance.login : undefined
  if (login !== undefined && url.pathname === '/login' && request.method === 'POST')
    return { answer: takeAttempt(request, response, url, cookie(), login) }
  const given = url.searchParams.get('token')
  if ('token' in entrance && given !== null && isSameSecret(given, entrance.token))
    return { answer: welcome(response, cookie(), url) }
  if (cookie().isIn(request)) return undefined
  return { answer: turnAway(request, response, url, login) }
}

/** A person sees a page that says how to come in; a page that is open already asks by HEAD whether it is still let in. */
function turnAway(request: IncomingMessage, response: ServerResponse, url: URL, login: Login | undefined): void {
  const isLooking = request.method === 'GET' || request.method === 'HEAD'
  if (login !== undefined) {
    if (isLooking) sendEntrance(response, 401, loginPage(url.pathname === '/login' ? '/' : placeOf(url)))
    else refuse(response, 401, 'Log in first. / 请先登录。')
  } else if (isLooking && request.headers.accept?.includes('text/html')) sendEntrance(response, 403, closedPage())
  else refuse(response, 403, needsToken)
}

/** Path and query. One slash: an address that starts with two would lead to another host. */
const placeOf = ({ pathname, search }: URL) => `/${pathname.replace(/^\/+/, '')}${search}`

/** From here on the secret is in a cookie that no script reads, and not in the address; the rest of a deep link stays. */
function welcome(response: ServerResponse, cookie: SessionCookie, url: URL): void {
  response.setHeader('Set-Cookie', cookie.header)
  url.searchParams.delete('token')
  response.writeHead(302, { Location: placeOf(url), 'Cache-Control': 'no-store' }).end()
}

async function takeAttempt(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  cookie: SessionCookie,
  login: Login,
): Promise<void> {
  if (!isFromOurPage(request)) return refuse(response, 403, 'Only the page of this host may log in.')
  const wanted = URL.parse(url.searchParams.get('to') ?? '/', url.origin)
  const place = wanted === null ? '/' : placeOf(wanted)
  const attempt: Attempt = await login.accepts(request)
  if (attempt !== 'right') return sendEntrance(response, attempt === 'wrong' ? 403 : 429, loginPage(place, attempt))
  response.setHeader('Set-Cookie', cookie.header)
  response.writeHead(303, { Location: place, 'Cache-Control': 'no-store' }).end()
}

function sendEntrance(response: ServerResponse, status: number, page: string): void {
  response.setHeader('Content-Security-Policy', entrancePolicy)
  // A form that must say nothing of its page would not say either that it is ours.
  response.setHeader('Referrer-Policy', 'same-origin')
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' })
  response.end(page)
}

async function receive(request: IncomingMessage, response: ServerResponse, url: URL, uploads: Uploads): Promise<void> {
  if (!isFromOurPage(request)) return refuse(response, 403, 'Only the page of this host may upload.')
  request.setTimeout(idleMilliseconds, () => request.destroy())
  const length = request.headers['content-length']
  try {
    answerJson(response, 200, await uploads.receive(lastPart(url), request, length ? Number(length) : undefined))
  } catch (error) {
    answerError(response, error)
    // A browser reads an answer only while somebody listens to the rest of what it sends; after a while nobody does.
    request.resume()
    setTimeout(() => request.destroy(), lingerMilliseconds).unref()
  }
}

/** What follows the first part of an address, decoded. @throws WorkbenchError `usage`. */
function lastPart(url: URL): string {
  try {
    return decodeURIComponent(url.pathname.split('/').slice(2).join('/'))
  } catch {
    throw new WorkbenchError(
      'usage',
      phrase`The address is not encoded as addresses are.`,
      phrase`Use encodeURIComponent.`,
    )
  }
}

function sendExport(response: ServerResponse, name: string, host: Host): Promise<void> {
  const file = host.page!.files.toWrite(name)
  // Not through a link: what is written for the person are plain files.
  const stat = lstatSync(file, { throwIfNoEntry: false })
  if (!stat?.isFile())
    throw new WorkbenchError('not-found', phrase`There is no exported file ${name}.`, phrase`Export it again.`)
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    'Content-Length': stat.size,
    'Cache-Control': 'no-store',
  })
  return send(file, response)
}

async function sendPage(request: IncomingMessage, response: ServerResponse, url: URL, page: string): Promise<void> {
  const found = findPageFile(page, url.pathname)
  if (found === undefined) {
    refuse(response, 404, 'There is no such file here.')
    return
  }
  response.writeHead(200, { ...found.headers, 'Content-Length': found.bytes })
  if (request.method === 'HEAD') response.end()
  else await send(found.file, response)
}

/** Sends a file to its end; one that cannot be read further and a browser that goes away end both sides. */
async function send(file: string, response: ServerResponse): Promise<void> {
  try {
    await pipeline(createReadStream(file), response)
  } catch {
    response.destroy()
  }
}
