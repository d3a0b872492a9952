import { z } from 'zod'
import { evaluationOptions, trainConfiguration } from '../../shared/configuration.ts'
import { comparisonOptions, reportOptions } from '../../shared/evaluation.ts'
import { listRuns, readRunHistory } from '../storage/runs.ts'
import { loadRun } from '../training/run-directory.ts'
import { procedure } from './procedure.ts'

export const train = procedure({
  input: trainConfiguration,
  handler: (host, input, context) => host.run('train', input, context),
})

/** Takes up a run that was paused, cancelled, interrupted or failed. */
export const resume = procedure({
  input: z.strictObject({ run: z.string().min(1), checkpoint: z.enum(['last', 'previous']).default('last') }),
  handler: (host, input, context) => host.run('resume-training', input, context),
})

/** How fast a configuration would train here; keeps nothing. */
export const measure = procedure({
  input: z.strictObject({ configuration: trainConfiguration, seconds: z.number().positive().default(4) }),
  handler: (host, input, context) => host.run('measure-training', input, context),
})

export const list = procedure({
  input: z.strictObject({}),
  handler: (host) => host.read(({ database }) => listRuns(database)),
})

/** A run with its configuration and everything measured while it trained. */
export const show = procedure({
  input: z.strictObject({ run: z.string().min(1) }),
  handler: (host, { run }) =>
    host.read((workspace) => {
      const found = loadRun(workspace, run)
      return { ...found, history: readRunHistory(workspace.database, found.id) }
    }),
})

/** Removes a run that is not in use, with its checkpoints, evaluations and scores. */
export const remove = procedure({
  input: z.strictObject({ run: z.string().min(1) }),
  handler: (host, input, context) => host.run('remove-run', input, context),
})

export const evaluate = procedure({
  input: evaluationOptions,
  handler: (host, input, context) => host.run('evaluate', input, context),
})

export const compare = procedure({
  input: comparisonOptions,
  handler: (host, input, context) => host.run('compare', input, context),
})

export const report = procedure({
  input: reportOptions.extend({ directory: z.string().min(1) }),
  handler: (host, input, context) => host.run('report', input, context),
})
