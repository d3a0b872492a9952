import { monitorEventLoopDelay } from 'node:perf_hooks'
import { expect, test } from 'vitest'
import { runJob } from '../../src/main/jobs/host.ts'
import type { Progress } from '../../src/shared/progress.ts'
import { createLogWorkspace, type LogEvent } from '../support/log-workspace.ts'

/** Longest time for which the host may not answer. A training step in the host itself takes several times as long. */
const tolerated = 100

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
  // The percentile, not the maximum: other programs on the machine may take the processor away for a moment.
  expect(delay.percentile(99) / 1e6).toBeLessThan(tolerated)
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
