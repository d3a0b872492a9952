import { z } from 'zod'
import { evaluationOptions, trainConfiguration } from '../configuration.ts'
import { comparisonOptions, reportOptions } from '../evaluation.ts'
import type { RunDetails, RunRecord, TrainingRate } from '../runs.ts'
import { job, request } from './leaf.ts'

const oneRun = z.strictObject({ run: z.string().min(1) })

export const runs = {
  train: job(trainConfiguration),
  /** Takes up a run that was paused, cancelled, interrupted or failed. */
  resume: job(oneRun.extend({ checkpoint: z.enum(['last', 'previous']).default('last') })),
  /** How fast a configuration would train here; keeps nothing. */
  measure: request<TrainingRate>()(
    z.strictObject({ configuration: trainConfiguration, seconds: z.number().positive().default(4) }),
  ),
  list: request<RunRecord[]>()(z.strictObject({})),
  /** A run with its configuration and everything measured while it trained. */
  show: request<RunDetails>()(oneRun),
  /** Removes a run that is not in use, with its checkpoints, evaluations and scores. */
  remove: job(oneRun),
  evaluate: job(evaluationOptions),
  compare: job(comparisonOptions),
  report: job(reportOptions.extend({ directory: z.string().min(1) })),
}
