import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { request as send } from 'node:http'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { expect, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { startWebHost } from '../../src/main/web/host.ts'
import { webOptions } from '../../src/main/web/options.ts'
import type { Contract } from '../../src/shared/contract/index.ts'
import { temporaryFolder } from '../support/folders.ts'

export interface Asked {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: Readable | string
  readonly signal?: AbortSignal
}

export interface Answered {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly text: string
}

/** Of every host that has no password. */
export const token = 'right-and-long-enough-for-a-token'

/** A web host of its own for a test, with a workspace that does not exist before and a page of two files. Closed when the test ends. */
export async function startHost(options: Record<string, unknown> = {}) {
  const folder = temporaryFolder()
  const workspace = path.join(folder, 'workspace')
  const page = path.join(folder, 'page')
  mkdirSync(path.join(page, 'assets'), { recursive: true })
  writeFileSync(path.join(page, 'index.html'), '<title>the page</title>')
  writeFileSync(path.join(page, 'assets/app-1234.js'), 'export {}')
  writeFileSync(path.join(folder, 'secret.json'), '{"secret":true}')
  const host = await startWebHost(
    workspace,
    webOptions.parse({ page, ...(options.passwordFile ? {} : { token }), ...options }),
  )
  onTestFinished(() => host.close())
  const { port } = new URL(host.address)
  const own = `127.0.0.1:${port}`
  const cookie = `behavegpt-${port}=${token}`
  return {
    host,
    port,
    workspace,
    cookie,
    origin: `http://${own}`,
    /** Asks as nobody in particular. */
    ask: (where: string, asked: Asked = {}) => ask(port, where, asked),
    /** Asks as the page of a person who is in. */
    askIn: (where: string, { headers, ...asked }: Asked = {}) =>
      ask(port, where, { ...asked, headers: { cookie, origin: `http://${own}`, ...headers } }),
    uploads: () => listFiles(path.join(workspace, 'temporary')),
  }
}

/** The page's own client, and its socket. */
export function connect({ port, cookie, origin }: Awaited<ReturnType<typeof startHost>>) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, { headers: { cookie, origin } })
  onTestFinished(() => socket.terminate())
  const api: ContractRouterClient<Contract> = createORPCClient(new RPCLink({ websocket: socket as never }))
  return { api, socket }
}

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await holds())) {
    expect(Date.now(), 'waited too long').toBeLessThan(deadline)
    await sleep(20)
  }
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
}

/** A bare request, so that headers and addresses go out as they are written. */
function ask(port: string, where: string, { method = 'GET', headers = {}, body, signal }: Asked): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const request = send({ host: '127.0.0.1', port, path: where, method, headers, signal }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }))
      response.on('error', reject)
    })
    request.on('error', reject)
    if (typeof body === 'string') request.end(body)
    else if (body === undefined) request.end()
    else body.pipe(request)
  })
}
