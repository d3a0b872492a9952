import { timingSafeEqual } from 'node:crypto'
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import path from 'node:path'
import { RPCHandler } from '@orpc/server/ws'
import { WebSocketServer } from 'ws'
import type { Host } from '../procedures/procedure.ts'
import { type Connection, router } from '../router.ts'

export interface WebServerOptions {
  readonly host: Host
  /** Folder of the built page. */
  readonly page: string
  /** Secret in the printed address; whoever knows it may use the workbench. */
  readonly token: string
}

const cookieName = 'behavegpt'

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

const securityHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** An HTTP server of the page and, over a WebSocket at /rpc, of everything that the page may ask. */
export function createWebServer({ host, page, token }: WebServerOptions): Server {
  const handler = new RPCHandler<Connection>(router)
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 * 1024 })
  const server = createServer((request, response) => serve(request, response, page, token))
  server.on('upgrade', (request, socket, head) => {
    if (!isAuthorised(request, token) || urlOf(request).pathname !== '/rpc') {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      void handler.upgrade(webSocket, { context: { host } })
    })
  })
  server.on('close', () => {
    for (const client of sockets.clients) client.terminate()
  })
  return server
}

function serve(request: IncomingMessage, response: ServerResponse, page: string, token: string): void {
  const url = urlOf(request)
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
  const given = url.searchParams.get('token')
  if (given !== null && isSame(given, token)) {
    // From here on the secret is in a cookie that no script reads, and not in the address.
    response.setHeader('Set-Cookie', `${cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/`)
    response.writeHead(302, { Location: url.pathname }).end()
    return
  }
  if (!isAuthorised(request, token)) {
    response.writeHead(403, { 'Content-Type': 'text/plain; charset=utf-8' })
    response.end('This address needs the token that the workbench printed when it started.\n')
    return
  }
  sendFile(response, fileOf(page, url.pathname))
}

/** The file of an address; every address without an ending is the page's own, which routes itself. */
function fileOf(page: string, pathname: string): string {
  const file = path.join(page, path.normalize(decodeURIComponent(pathname)))
  const isPage = path.extname(file) === '' || !file.startsWith(page)
  return isPage ? path.join(page, 'index.html') : file
}

function sendFile(response: ServerResponse, file: string): void {
  const type = contentTypes[path.extname(file)]
  if (type === undefined || !existsSync(file)) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(200, {
    'Content-Type': type,
    'Content-Length': statSync(file).size,
    'Cache-Control': file.includes('/assets/') ? 'max-age=31536000, immutable' : 'no-cache',
  })
  createReadStream(file).pipe(response)
}

const urlOf = (request: IncomingMessage) => new URL(request.url ?? '/', 'http://localhost')

function isAuthorised(request: IncomingMessage, token: string): boolean {
  const cookies = (request.headers.cookie ?? '').split(/;\s*/)
  return cookies.some(
    (cookie) => cookie.startsWith(`${cookieName}=`) && isSame(cookie.slice(cookieName.length + 1), token),
  )
}

function isSame(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)]
  return a.length === b.length && timingSafeEqual(a, b)
}
