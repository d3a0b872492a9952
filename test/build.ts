import { execFileSync } from 'node:child_process'
import path from 'node:path'

/** Builds what processes run from, where sources have changed: the command line, the web host and every child process that tests start are those of the build. */
export default function setup(): void {
  execFileSync(process.execPath, [path.join(import.meta.dirname, '../scripts/build.mjs'), '--if-needed'], {
    stdio: 'inherit',
  })
}
