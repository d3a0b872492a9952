import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { inject } from 'vitest'
import { sharedBrowser } from './browser.ts'

const root = path.join(import.meta.dirname, '../..')

/** A running web host with a workspace of its own, and pages that look at it. */
export interface RunningWorkbench {
  /** Address with the token, where there is one. */
  readonly address: string
  readonly origin: string
  readonly workspace: string
  /** Of the host that runs now. */
  readonly processId: number
  /** What pages did that they must not: requests to elsewhere, errors in the console, uncaught exceptions. Asserted to be empty by scenarios. */
  readonly complaints: string[]
  /** A page in a browser context of its own, logged in. */
  open(where?: string, options?: BrowserContextOptions): Promise<Page>
  /** Ends the host as a crash or a power cut does; what its pages complain about then is theirs to tell. */
  kill(): Promise<void>
  /** Another host on the same workspace, at the same address, after the one before has ended; with another token where one is given. */
  restart(token?: string): Promise<void>
  /** Ends host and pages and removes the workspace. */
  close(): Promise<void>
}

export interface WorkbenchOptions {
  /** Start with a copy of the sample workspace; an empty one when false. */
  sample?: boolean
  /** More words for the host's command line. */
  words?: readonly string[]
}

/** Starts the web host on a free port and opens pages of it. */
export async function startWorkbench({ sample = true, words = [] }: WorkbenchOptions = {}): Promise<RunningWorkbench> {
  const folder = mkdtempSync(path.join(tmpdir(), 'behavegpt-workbench-'))
  const workspace = path.join(folder, 'workspace')
  if (sample) cpSync(inject('sample'), workspace, { recursive: true })
  const command = [path.join(root, 'out/main/web.js'), '--workspace', workspace, ...words]
  let host = await startHost(command)
  const { address } = host
  const { origin, port, searchParams } = new URL(address)
  const token = searchParams.get('token')
  const complaints: string[] = []
  const contexts: BrowserContext[] = []

  return {
    address,
    origin,
    workspace,
    get processId() {
      return host.process.pid!
    },
    complaints,
    async open(where = '/', options = {}) {
      const context = await (await sharedBrowser()).newContext({
        viewport: { width: 1440, height: 900 },
        locale: 'en-GB',
        reducedMotion: 'reduce',
        ...options,
      })
      contexts.push(context)
      const page = await context.newPage()
      // A limit and no wait: two scenarios at once keep both cores busy.
      page.setDefaultTimeout(90_000)
      watchForComplaints(page, origin, complaints)
      if (latency > 0) await answerLate(page, latency)
      const place = new URL(where, origin)
      if (token !== null) place.searchParams.set('token', token)
      await page.goto(place.href)
      return page
    },
    async kill() {
      host.process.kill('SIGKILL')
      await host.ended
    },
    async restart(other = token ?? undefined) {
      host = await startHost([...command, '--port', port, ...(other === undefined ? [] : ['--token', other])])
    },
    async close() {
      for (const context of contexts) await context.close()
      host.process.kill('SIGTERM')
      await host.ended
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/**
 * Every answer of the host reaches the pages so many milliseconds late: a scenario, or a page, that does not wait for its answer fails once in a
 * hundred runs on a busy machine otherwise, and every time then.
 */
const latency = Number(process.env.BEHAVEGPT_TEST_LATENCY_MS ?? 0)

/** Keeps answers of the host back, for the documents that the page opens from now on. */
export async function answerLate(page: Page, milliseconds: number): Promise<void> {
  await page.routeWebSocket(/\/rpc$/, (socket) => {
    const host = socket.connectToServer()
    host.onMessage((message) => setTimeout(() => socket.send(message), milliseconds))
  })
}

/** Lets a page wait for what the host says from `hold` until `release`, for the documents that it opens from now on: what happens meanwhile it cannot know. */
export async function holdAnswers(page: Page): Promise<{ hold(): void; release(): void }> {
  let isHeld = false
  let held: (() => void)[] = []
  await page.routeWebSocket(/\/rpc$/, (socket) => {
    socket.connectToServer().onMessage((message) => {
      if (isHeld) held.push(() => socket.send(message))
      else socket.send(message)
    })
  })
  return {
    hold() {
      isHeld = true
    },
    release() {
      isHeld = false
      for (const send of held) send()
      held = []
    },
  }
}

/** A host that is ready, its address, and when it has ended. */
async function startHost(command: readonly string[]) {
  const host = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] })
  let errorOutput = ''
  host.stderr.setEncoding('utf8').on('data', (text: string) => {
    errorOutput += text
  })
  const ended = new Promise<void>((resolve) => host.on('close', () => resolve()))
  const address = await new Promise<string>((resolve, reject) => {
    let output = ''
    host.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const [found] = /http:\/\/\S+(?=\s)/.exec(output) ?? []
      if (found !== undefined) resolve(found)
    })
    host.on('close', (code) => reject(new Error(`the web host ended with ${code}: ${errorOutput}`)))
  })
  return { process: host, address, ended }
}

function watchForComplaints(page: Page, origin: string, complaints: string[]): void {
  const own = [origin, origin.replace('http', 'ws'), 'data:', 'blob:']
  page.on('request', (request) => {
    if (!own.some((start) => request.url().startsWith(start))) complaints.push(`request to ${request.url()}`)
  })
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.stack ?? error.message}`))
}
