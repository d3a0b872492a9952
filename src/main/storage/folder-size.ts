import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'

/** Bytes of all files in a folder and the folders in it; those that vanish meanwhile do not count, nor does a folder that is not there. */
export function folderBytes(directory: string): number {
  if (!existsSync(directory)) return 0
  let bytes = 0
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    try {
      bytes += statSync(path.join(entry.parentPath, entry.name)).size
    } catch {}
  }
  return bytes
}
