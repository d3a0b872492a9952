/** Main module of job processes of a supervisor under test: kinds of the workbench's lanes, whose work is to wait for the test. */

import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { JobDefinition } from '../../src/main/jobs/registry.ts'
import { serveJobs } from '../../src/main/jobs/serve.ts'
import { throwIfCancelled } from '../../src/shared/errors.ts'
import { phrase } from '../../src/shared/phrase.ts'

/** Works until the file `until` exists, or until it is told to stop, for a pause where it is resumable; with `crash`, dies of it. */
const waiting = (isResumable: boolean): JobDefinition => ({
  mode: 'write',
  create: true,
  input: z.any(),
  async run(_workspace, input: { name: string; until: string; crash?: boolean }, context) {
    for (let done = 0; !existsSync(input.until); done++) {
      context.report({ stage: phrase`waiting`, done, unit: 'steps' })
      if (isResumable && context.signal.aborted && context.signal.reason === 'pause') return { status: 'paused' }
      throwIfCancelled(context.signal)
      await sleep(20)
    }
    if (input.crash) process.kill(process.pid, 'SIGKILL')
    return { run: `id of ${input.name}`, status: 'done' }
  },
})
const training = waiting(true)
const other = waiting(false)

serveJobs({ train: training, 'resume-training': training, evaluate: other, import: other, export: other })
