import { buildDataset } from '../../src/main/dataset/build.ts'
import type { WriteWorkspace } from '../../src/main/storage/workspace.ts'
import type { TrainConfigurationInput } from '../../src/shared/configuration.ts'
import { render } from '../../src/shared/phrase.ts'
import { type JobContext, type Progress, silentContext } from '../../src/shared/progress.ts'
import { configure, createLogWorkspace, type LogEvent, type LogWorkspace } from '../support/log-workspace.ts'

/** A log with a habit per user and a long tail: 40 users, 10 behaviours, 1,200 events; the same every time. */
export function* smallLog(): Generator<LogEvent> {
  let state = 12345
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  for (let event = 0; event < 30; event++) {
    for (let user = 0; user < 40; user++) {
      const habit = user % 4
      const tail = Math.min(9, Math.floor(-Math.log(1 - random()) * 2))
      yield {
        user: `user ${user}`,
        time: Date.UTC(2025, 0, 6 + event, user % 24),
        behaviour: `behaviour ${random() < 0.5 ? habit : tail}`,
        location: `place ${user % 3}`,
      }
    }
  }
}

/** A temporary workspace with the dataset "small". */
export async function createTrainingWorkspace(): Promise<LogWorkspace> {
  const log = createLogWorkspace()
  log.addSource('small', smallLog(), { simulated: true })
  await buildSmallDataset(log.workspace)
  return log
}

export async function buildSmallDataset(workspace: WriteWorkspace): Promise<void> {
  await buildDataset(workspace, configure({ name: 'small', length: 8, minimumLocationEvents: 1 }), silentContext)
}

/** A run of a second or less: a model of some thousand parameters, 30 steps. */
export function smallRun(changes: Partial<TrainConfigurationInput> = {}): TrainConfigurationInput {
  return {
    dataset: 'small',
    name: 'run',
    model: { preset: 'nano', streamWidth: 4, layers: 1, heads: 2, dropout: 0.1, embeddingDropout: 0.1 },
    objective: { name: 'dro-kl' },
    device: 'cpu',
    threads: 1,
    steps: 30,
    batch: 16,
    evaluateEvery: 10,
    ...changes,
  }
}

export interface RecordingContext extends JobContext {
  readonly reports: Progress[]
  readonly warnings: string[]
  readonly controller: AbortController
}

/** A context that keeps what it is told and can be aborted; `onReport` sees each report as it comes. */
export function recordingContext(onReport: (progress: Progress, controller: AbortController) => void = () => {}) {
  const controller = new AbortController()
  const context: RecordingContext = {
    reports: [],
    warnings: [],
    controller,
    signal: controller.signal,
    report(progress) {
      context.reports.push(progress)
      onReport(progress, controller)
    },
    warn: (message) => context.warnings.push(render(message)),
  }
  return context
}
