import { z } from 'zod'
import { evaluationOptions, trainConfiguration } from '../configuration.ts'
import { comparisonOptions, reportOptions } from '../evaluation.ts'
import type {
  ClassWeights,
  RunCurves,
  RunDescription,
  RunDetails,
  RunRecord,
  TrainingRate,
  TrainingSizes,
} from '../runs.ts'
import { job, request } from './leaf.ts'

export const trainOptions = trainConfiguration.extend({
  /** Whether a host with a page evaluates the run on the test period once its training is done, also when it was paused in between. */
  evaluate: z.boolean().default(false),
})
export const resumeOptions = z.strictObject({
  run: z.string().min(1),
  checkpoint: z.enum(['last', 'previous']).default('last'),
})

const oneRun = z.strictObject({ run: z.string().min(1) })

export const runs = {
  train: job(trainOptions),
  /** Takes up a run that was paused, cancelled, interrupted or failed. */
  resume: job(resumeOptions),
  /** Parameters and memory of the sizes that a training can have; computes nothing. */
  sizes: request<TrainingSizes>()(trainConfiguration),
  /** How fast a configuration would train here; keeps nothing. */
  measure: request<TrainingRate>()(
    z.strictObject({ configuration: trainConfiguration, seconds: z.number().positive().default(4) }),
  ),
  /** Newest first. */
  list: request<RunRecord[]>()(z.strictObject({})),
  /** Directories of runs that the database does not list, such as after an older backup of it was restored. */
  unlisted: request<string[]>()(z.strictObject({})),
  /** A run with its configuration. */
  describe: request<RunDescription>()(oneRun),
  /** The same with everything measured while it trained. */
  show: request<RunDetails>()(oneRun),
  /** Its curves from a step on, in at most `points` points for the whole run. */
  curves: request<RunCurves>()(
    oneRun.extend({ since: z.int().min(0).default(0), points: z.int().min(10).max(5000).default(500) }),
  ),
  /** How the objective weighs each class, at the last checkpoint; null before the first. */
  classWeights: request<ClassWeights | null>()(oneRun),
  /** Removes a run that is not in use, with its checkpoints, evaluations and scores. */
  remove: job(oneRun),
  evaluate: job(evaluationOptions),
  compare: job(comparisonOptions),
  report: job(reportOptions.extend({ directory: z.string().min(1) })),
}
