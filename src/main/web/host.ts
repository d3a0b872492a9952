import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { WorkbenchError } from '../../shared/errors.ts'
import type { JobRecord } from '../../shared/jobs.ts'
import { phrase } from '../../shared/phrase.ts'
import { openPageHost } from '../page-host.ts'
import { hostNames, inUrl, randomSecret, SessionCookie } from './access.ts'
import { Login } from './login.ts'
import { passwordOf, requirePage, tokenOf, type WebOptions } from './options.ts'
import { createWebServer } from './server.ts'
import { Uploads } from './uploads.ts'

/** The workbench for browsers, running. */
export interface WebHost {
  /** Where a browser finds it, with the token unless a person has it already: from a file, or as the password that is asked for. */
  readonly address: string
  /** Has trainings pause, waits for them, and lets go of port and workspace. */
  close(): Promise<void>
}

/**
 * Opens a workspace for browsers.
 * @throws WorkbenchError `usage` and `not-found` for options, `locked` when another host has the workspace, `conflict` when the port is taken.
 */
export async function startWebHost(directory: string, options: WebOptions): Promise<WebHost> {
  const page = requirePage(options.page)
  const password = passwordOf(options)
  const token = tokenOf(options, password) ?? randomSecret()
  const opened = openPageHost(directory, { kind: 'web', allowedFolder: options.allowFolder })
  const uploads = new Uploads(opened.host.directory, opened.files, filesOf(opened.waitingJobs()))
  // One that cannot be removed now goes when the host ends.
  opened.onJobEnded((job) => void uploads.remove(importedFiles(job)).catch(() => {}))
  let cookie: SessionCookie | undefined
  const { server, close: closeServer } = createWebServer({
    host: opened.host,
    page,
    names: hostNames(options.listen, options.names),
    cookie: () => cookie!,
    uploads,
    entrance: password === undefined ? { token } : { login: new Login(password) },
  })
  const close = async () => {
    await closeServer()
    // While the workspace is still ours: the next host's uploads lie in the same folder.
    await opened.close(() => uploads.close(filesOf(opened.waitingJobs())))
  }
  try {
    const port = await listen(server, options)
    cookie = new SessionCookie(port, token)
    const name = ['0.0.0.0', '::'].includes(options.listen) ? hostname() : options.listen
    const address = `http://${inUrl(name)}:${port}/`
    opened.tellAddress(address)
    const isSecretToPrint = password === undefined && options.tokenFile === undefined
    return { address: isSecretToPrint ? `${address}?token=${token}` : address, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Uploads that are in the workspace now. */
const importedFiles = (job: JobRecord) => (job.state === 'done' ? filesOf([job]) : [])

/** Files that imports read. */
function filesOf(jobs: readonly JobRecord[]): string[] {
  return jobs.filter(({ kind }) => kind === 'import').flatMap(({ input }) => (input as { files: string[] }).files)
}

function listen(server: Server, options: WebOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(toListenError(error, options)))
    server.listen(options.port, options.listen, () => resolve((server.address() as AddressInfo).port))
  })
}

function toListenError(error: NodeJS.ErrnoException, { port, listen }: WebOptions): Error {
  if (error.code === 'EADDRINUSE')
    return new WorkbenchError(
      'conflict',
      phrase`Port ${String(port)} of ${listen} is in use.`,
      phrase`Choose another with --port.`,
    )
  return new WorkbenchError(
    'usage',
    phrase`The workbench cannot listen at ${listen}, port ${String(port)}: ${error.message}.`,
    phrase`Choose an address of this machine with --listen and a port with --port.`,
  )
}
