import { z } from 'zod'
import {
  datasetConfiguration,
  evaluationOptions,
  importOptions,
  trainConfiguration,
} from '../../shared/configuration.ts'
import { comparisonOptions, reportOptions } from '../../shared/evaluation.ts'
import { exportOptions, predictOptions, scoreOptions } from '../../shared/prediction.ts'
import type { JobContext } from '../../shared/progress.ts'
import type { WriteWorkspace } from '../storage/workspace.ts'
import { simulateOptions, sourceNames } from './options.ts'

/** A kind of work that gets a process of its own. */
export interface JobDefinition {
  /** Whether the workspace lists such jobs; short ones that only read are not listed. */
  readonly listed: boolean
  /** Whether the job makes the workspace when there is none. */
  readonly create: boolean
  readonly input: z.ZodType
  run(workspace: WriteWorkspace, input: never, context: JobContext): Promise<unknown>
}

/** Infers a job's types; `run` loads its room when it starts, so that a process holds only the native libraries that it needs. */
function define<Schema extends z.ZodType, Result>(
  definition: { listed: boolean; create?: boolean; input: Schema },
  run: (workspace: WriteWorkspace, input: z.output<Schema>, context: JobContext) => Promise<Result>,
) {
  return { create: false, ...definition, run }
}

export const jobKinds = {
  import: define({ listed: true, create: true, input: importOptions }, async (workspace, input, context) => {
    const { importFiles } = await import('../ingest/import.ts')
    return importFiles(workspace, input, context)
  }),
  simulate: define({ listed: true, create: true, input: simulateOptions }, async (workspace, input, context) => {
    const { importSimulatedLog } = await import('./simulate.ts')
    return importSimulatedLog(workspace, input, context)
  }),
  'remove-source': define(
    { listed: true, input: z.strictObject({ source: z.string().min(1) }) },
    async (workspace, { source }, context) => {
      const { removeSource } = await import('../ingest/removal.ts')
      return removeSource(workspace, source, context)
    },
  ),
  'log-statistics': define({ listed: false, input: sourceNames }, async (workspace, { sources }) => {
    const { logStatistics } = await import('../ingest/log-statistics.ts')
    return logStatistics(workspace, sources)
  }),
  'export-rejects': define(
    { listed: false, input: z.strictObject({ source: z.string().min(1), output: z.string().min(1) }) },
    async (workspace, { source, output }) => {
      const { exportRejects } = await import('../ingest/rejects.ts')
      return { output, rejects: await exportRejects(workspace, source, output) }
    },
  ),
  'build-dataset': define({ listed: true, input: datasetConfiguration }, async (workspace, input, context) => {
    const { buildDataset } = await import('../dataset/build.ts')
    return buildDataset(workspace, input, context)
  }),
  train: define({ listed: true, input: trainConfiguration }, async (workspace, input, context) => {
    const { trainRun } = await import('../training/run.ts')
    return trainRun(workspace, input, context)
  }),
  'resume-training': define(
    {
      listed: true,
      input: z.strictObject({ run: z.string().min(1), checkpoint: z.enum(['last', 'previous']).default('last') }),
    },
    async (workspace, input, context) => {
      const { resumeRun } = await import('../training/run.ts')
      return resumeRun(workspace, input, context)
    },
  ),
  'measure-training': define(
    {
      listed: false,
      input: z.strictObject({ configuration: trainConfiguration, seconds: z.number().positive().default(4) }),
    },
    async (workspace, { configuration, seconds }, context) => {
      const { measureTrainingRate } = await import('../training/rate.ts')
      return measureTrainingRate(workspace, configuration, seconds, context)
    },
  ),
  evaluate: define({ listed: true, input: evaluationOptions }, async (workspace, input, context) => {
    const { evaluateRun } = await import('../evaluation/evaluate.ts')
    return evaluateRun(workspace, input, context)
  }),
  compare: define({ listed: true, input: comparisonOptions }, async (workspace, input, context) => {
    const { compareRuns } = await import('../evaluation/compare.ts')
    return compareRuns(workspace, input, context)
  }),
  report: define(
    { listed: true, input: reportOptions.extend({ directory: z.string().min(1) }) },
    async (workspace, { directory, ...options }, context) => {
      const { writeReport } = await import('../evaluation/report/write.ts')
      return writeReport(workspace, options, directory, context)
    },
  ),
  predict: define({ listed: false, input: predictOptions }, async (workspace, input, context) => {
    const { predictNext } = await import('../prediction/predict.ts')
    return predictNext(workspace, input, context)
  }),
  score: define({ listed: true, input: scoreOptions }, async (workspace, input, context) => {
    const { scoreUsers } = await import('../prediction/score.ts')
    return scoreUsers(workspace, input, context)
  }),
  export: define({ listed: true, input: exportOptions }, async (workspace, input, context) => {
    const { exportModel } = await import('../prediction/export.ts')
    return exportModel(workspace, input, context)
  }),
} as const satisfies Record<string, JobDefinition>

export type JobKind = keyof typeof jobKinds
export type JobInput<Kind extends JobKind> = z.input<(typeof jobKinds)[Kind]['input']>
export type JobResult<Kind extends JobKind> = Awaited<ReturnType<(typeof jobKinds)[Kind]['run']>>
