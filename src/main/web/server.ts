import { createReadStream, lstatSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import { findPageFile } from '../page/files.ts'
import { securityHeaders } from '../page/security.ts'
import type { Host } from '../procedures/procedure.ts'
import { isForUs, isFromElsewhere, isFromOurPage, isSameSecret, type SessionCookie } from './access.ts'
import { answerError, answerJson, refuse } from './answers.ts'
import type { Attempt, Login } from './login.ts'
import { closedPage, entrancePolicy, loginPage, needsToken, prefixPage } from './pages.ts'
import { PageSockets } from './sockets.ts'
import { Strangers } from './strangers.ts'
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

/** Where a page opens its socket, and asks whether there is room for it. */
const socketPlace = '/rpc'

/** An HTTP server of the page, of uploads and downloads and, over a WebSocket, of everything that the page may ask. */
export function createWebServer(options: WebServerOptions): WebServer {
  const sockets = new PageSockets(options.host)
  const strangers = new Strangers()
  // An upload may take as long as it takes; whoever says nothing, or is not in, is cut off earlier.
  const server = createServer({ requestTimeout: 0, headersTimeout: 20_000 }, (request, response) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
    if (options.cookie().isIn(request)) strangers.know(request.socket)
    else strangers.hurry(request)
    Promise.try(serve, request, response, options, sockets).catch((error) => answerError(response, error))
  })
  server.on('connection', (socket) => strangers.meet(socket))
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const { names, cookie } = options
    const allowed = isForUs(request, names) && isFromOurPage(request) && cookie().isIn(request)
    if (!allowed || request.url !== socketPlace) socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
    else if (sockets.isFull) socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n')
    else {
      strangers.know(request.socket)
      sockets.open(request, socket, head)
    }
  })
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    // It knows nothing of sockets that were upgraded, and waits for them all the same.
    server.closeAllConnections()
    sockets.close()
    await closed
  }
  return { server, close }
}

function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: WebServerOptions,
  sockets: PageSockets,
): void | Promise<void> {
  if (!isForUs(request, options.names)) return refuse(response, 421, 'This host is not called by that name.')
  if (isFromElsewhere(request)) return refuse(response, 403, 'Pages of other sites may ask nothing here.')
  const url = URL.parse(request.url ?? '', `http://${request.headers.host}`)
  if (url === null || !request.url?.startsWith('/')) return refuse(response, 400, 'This is no address.')
  if (isBelowPrefix(request, url)) return sendEntrance(response, 400, prefixPage())
  const entered = enter(request, response, url, options)
  if (entered !== undefined) return entered.answer
  if (url.pathname === socketPlace) return tellRoom(response, sockets)
  const answer = routes(options).find(([start]) => url.pathname.startsWith(start))?.[1]
  const methods = isUpload(url) ? ['PUT', 'POST'] : ['GET', 'HEAD']
  if (!methods.includes(request.method ?? '')) return refuse(response, 405, `Use ${methods.join(' or ')}.`)
  return answer?.(request, response, url)
}

/** A browser does not tell its page why a socket was refused, so the page asks. */
function tellRoom(response: ServerResponse, sockets: PageSockets): void {
  if (sockets.isFull) refuse(response, 503, 'Too many pages are open on this host.')
  else response.writeHead(204, { 'Cache-Control': 'no-store' }).end()
}

/**
 * Whether the browser has us below a path of some proxy, where the page does not work: our addresses begin at the root of a host, where another program is then.
 * A proxy may say so; else the form of the entrance does, which is sent to its own address.
 */
function isBelowPrefix({ method, headers }: IncomingMessage, url: URL): boolean {
  const told = headers['x-forwarded-prefix']
  if (told !== undefined && String(told).replaceAll('/', '') !== '') return true
  const from = method === 'POST' ? URL.parse(headers.referer ?? '') : null
  return from !== null && !isUpload(url) && from.pathname !== url.pathname
}

const isUpload = ({ pathname }: URL) => pathname.startsWith('/upload/')

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
  // The form goes to the address that it is at, so that the password stays below whatever path a proxy has us at.
  if (login !== undefined && request.method === 'POST' && !isUpload(url))
    return { answer: takeAttempt(request, response, url, cookie(), login) }
  const given = url.searchParams.get('token')
  if ('token' in entrance && given !== null && isSameSecret(given, entrance.token))
    return { answer: welcome(response, cookie(), url) }
  if (cookie().isIn(request)) return undefined
  return { answer: turnAway(request, response, login) }
}

/** A person sees a page that says how to come in; a page that is open already asks by HEAD whether it is still let in. */
function turnAway(request: IncomingMessage, response: ServerResponse, login: Login | undefined): void {
  const isLooking = request.method === 'GET' || request.method === 'HEAD'
  if (login !== undefined) {
    if (isLooking) sendEntrance(response, 401, loginPage())
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
  const attempt: Attempt = await login.accepts(request)
  if (attempt !== 'right') return sendEntrance(response, attempt === 'wrong' ? 403 : 429, loginPage(attempt))
  response.setHeader('Set-Cookie', cookie.header)
  response.writeHead(303, { Location: placeOf(url), 'Cache-Control': 'no-store' }).end()
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
