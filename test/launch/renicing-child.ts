/** Stands behind others already, has just changed its session, and then goes behind them as a job does, in its own words. Stays until it is ended. */
import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { lowerSessionPriority } from '../../src/main/launch/priority.ts'

setPriority(12)
try {
  writeFileSync('/proc/self/autogroup', '1', { flag: 'r+' })
} catch {
  // Somebody else has changed theirs a moment ago, which is as good.
}
lowerSessionPriority(process.pid, 'job')
process.stdout.write('asked')
setInterval(() => {}, 1_000)
