import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { runJob } from '../../src/main/jobs/host.ts'
import type { Progress } from '../../src/shared/progress.ts'
import { createLogWorkspace, type LogEvent } from '../support/log-workspace.ts'

/** Milliseconds for which the host may not answer. A training step in the host itself takes several times as long. */
const tolerated = 100

/** A thread that only waits: how late it wakes up is the fault of the machine, not of the host. It answers any message with its 99th percentile, in milliseconds. */
const bystander = `
  const { parentPort } = require('node:worker_threads')
  const delay = require('node:perf_hooks').monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  parentPort.on('message', () => parentPort.postMessage(delay.percentile(99) / 1e6))`

test('the host stays responsive while a job trains', async () => {
  using log = createLogWorkspace()
  log.addSource('phones', events())
  const reports: Progress[] = []
  const context = {
    report: (progress: Progress) => reports.push(progress),
    warn() {},
    signal: new AbortController().signal,
  }
  const options = { workspace: log.directory, context }
  const dataset = await runJob('build-dataset', { name: 'phones', length: 64 }, options)
  const thread = new Worker(bystander, { eval: true })
  onTestFinished(async () => {
    await thread.terminate()
  })
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const result = await runJob(
    'train',
    { dataset: dataset.id, steps: 12, batch: 64, device: 'cpu', threads: 1, objective: { name: 'dro-kl' } },
    options,
  )
  delay.disable()
  expect(result).toMatchObject({ status: 'done', step: 12 })
  expect(reports.filter(({ unit }) => unit === 'steps').length).toBeGreaterThan(3)
  thread.postMessage('tell')
  const [machine] = (await once(thread, 'message')) as [number]
  // The percentile, not the maximum: other programs on the machine may take the processor away for a moment.
  expect(delay.percentile(99) / 1e6).toBeLessThan(Math.max(tolerated, 3 * machine))
})

function* events(): Generator<LogEvent> {
  for (let event = 0; event < 8_000; event++) {
    yield {
      user: `user ${event % 40}`,
      time: Date.UTC(2025, 0, 1) + event * 60_000,
      behaviour: `behaviour ${(event * 7 + (event % 13)) % 24}`,
    }
  }
}
