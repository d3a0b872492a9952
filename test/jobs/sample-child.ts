/** Main module of job processes whose work does what the tests need. */

import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { JobDefinition } from '../../src/main/jobs/registry.ts'
import { serveJobs } from '../../src/main/jobs/serve.ts'
import { changeSettings } from '../../src/main/storage/settings.ts'
import type { WriteWorkspace } from '../../src/main/storage/workspace.ts'
import { throwIfCancelled, WorkbenchError } from '../../src/shared/errors.ts'
import { phrase } from '../../src/shared/phrase.ts'
import type { JobContext } from '../../src/shared/progress.ts'

const job = (
  run: (workspace: WriteWorkspace, input: never, context: JobContext) => Promise<unknown>,
): JobDefinition => ({
  mode: 'write',
  create: true,
  input: z.any(),
  run,
})

function computeFor(milliseconds: number): void {
  const until = performance.now() + milliseconds
  while (performance.now() < until) Math.random()
}

serveJobs({
  double: job(async (_workspace, input: { value: number }, context) => {
    context.report({ stage: phrase`doubling`, done: 1, total: 2, unit: 'steps', figures: { loss: input.value } })
    context.warn(phrase`it will be twice as large`)
    return { doubled: 2 * input.value, floats: new Float32Array([input.value]) }
  }),
  refuse: job(async () => {
    throw new WorkbenchError('input', phrase`line ${3} is wrong`, phrase`repair it`)
  }),
  defect: job(async () => {
    throw new TypeError('an oversight')
  }),
  /** Works until it is told to stop. */
  wait: job(async (_workspace, _input, context) => {
    for (let done = 0; ; done++) {
      context.report({ stage: phrase`waiting`, done, unit: 'steps' })
      if (context.signal.aborted && context.signal.reason === 'pause') return { status: 'paused' }
      throwIfCancelled(context.signal)
      await sleep(20)
    }
  }),
  /** The same, but what it did until then cannot be taken up again. */
  compute: job(async (_workspace, _input, context) => {
    for (let done = 0; ; done++) {
      context.report({ stage: phrase`computing`, done, unit: 'steps' })
      throwIfCancelled(context.signal)
      await sleep(20)
    }
  }),
  /** Writes down one thing, begins another, and then computes for ever without hearing anything. */
  busy: job(async ({ database }, _input, context) => {
    changeSettings(database, { threads: 3 })
    database.transaction(() => {
      changeSettings(database, { threads: 4 })
      context.report({ stage: phrase`computing`, done: 1, unit: 'steps' })
      for (;;) Math.random()
    })
  }),
  /** Steps that take long, within each of which nothing is heard; once it is told to stop, it makes one more. */
  'long-steps': job(async (_workspace, { milliseconds }: { milliseconds: number }, context) => {
    for (let done = 1; !context.signal.aborted; done++) {
      computeFor(milliseconds)
      context.report({ stage: phrase`step ${done}`, done, unit: 'steps' })
      await sleep(20)
    }
    computeFor(milliseconds)
    return { status: 'paused' }
  }),
  /** Needs a while to stop, and is alive meanwhile, as when a checkpoint is written. */
  'slow-end': job(async (_workspace, { milliseconds }: { milliseconds: number }, context) => {
    context.report({ stage: phrase`waiting`, done: 1, unit: 'steps' })
    while (!context.signal.aborted) await sleep(20)
    await sleep(milliseconds)
    return { status: 'paused' }
  }),
  abort: job(async (_workspace, _input, context) => {
    context.report({ stage: phrase`crashing`, done: 0, unit: 'steps' })
    process.stderr.write('assertion failed in native code\n')
    process.abort()
  }),
  exit: job(async () => process.exit(7)),
  print: job(async () => {
    process.stdout.write('noise of a native library\n')
    return 'quiet'
  }),
  /** Writes into the workspace while a query of the same connection runs, and reports meanwhile. */
  iterate: job(async ({ database }, _input, context) => {
    let rows = 0
    for (const _row of database.iterate(
      'WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n',
    )) {
      context.report({ stage: phrase`row ${++rows}`, done: rows, unit: 'rows' })
    }
    database.transaction(() => context.report({ stage: phrase`inside a transaction`, done: rows, unit: 'rows' }))
    return rows
  }),
})
