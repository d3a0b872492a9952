import { readFile } from 'node:fs/promises'
import { protocol } from 'electron'
import { desktopOrigin } from '../../shared/desktop.ts'
import { findPageFile } from '../page/files.ts'
import { securityHeaders } from '../page/security.ts'

const { protocol: scheme, host } = new URL(desktopOrigin)

/** Makes app:// a scheme like https://, with an origin of its own. Must be called before the application is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: scheme.slice(0, -1),
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ])
}

/** Serves the built page of `folder` at app://workbench/, and nothing else anywhere. */
export function servePage(folder: string): void {
  protocol.handle(scheme.slice(0, -1), (request) => answer(folder, request))
}

async function answer(folder: string, { url, method }: Request): Promise<Response> {
  const address = URL.parse(url)
  if (address === null || address.host !== host) return refuse(404)
  if (method !== 'GET' && method !== 'HEAD') return refuse(405)
  const found = findPageFile(folder, address.pathname)
  if (found === undefined) return refuse(404)
  const body = method === 'HEAD' ? null : new Uint8Array(await readFile(found.file))
  return new Response(body, { headers: { ...securityHeaders, ...found.headers } })
}

const refuse = (status: number) => new Response(null, { status, headers: securityHeaders })
