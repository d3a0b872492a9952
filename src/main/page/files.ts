import { statSync } from 'node:fs'
import path from 'node:path'

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

/** One file of the built page. */
export interface PageFile {
  readonly file: string
  readonly bytes: number
  readonly headers: Readonly<Record<string, string>>
}

/**
 * The file of the built page in `folder` that an address means: `pathname` as the URL parser gives it. An address that is no file is the page's own, which routes itself:
 * also one that would lead out of the folder, since users and behaviours may have such names. Undefined where there is nothing: an asset that does not exist, or a kind of
 * file that pages have not.
 */
export function findPageFile(folder: string, pathname: string): PageFile | undefined {
  const parts = decode(pathname)?.split('/').filter(Boolean)
  if (parts === undefined) return undefined
  const isAsset = parts[0] === 'assets'
  const isWithin = !parts.some((part) => part === '..' || /[\\\0]/.test(part))
  const found = isWithin ? read(path.join(folder, ...parts), isAsset) : undefined
  return found ?? (isAsset ? undefined : read(path.join(folder, 'index.html'), false))
}

function read(file: string, isAsset: boolean): PageFile | undefined {
  const type = contentTypes[path.extname(file)]
  const stat = statSync(file, { throwIfNoEntry: false })
  if (type === undefined || !stat?.isFile()) return undefined
  // Files in assets have the hash of their content in their names.
  const cache = isAsset ? 'max-age=31536000, immutable' : 'no-cache'
  return { file, bytes: stat.size, headers: { 'Content-Type': type, 'Cache-Control': cache } }
}

function decode(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return undefined
  }
}
