import { z } from 'zod'
import { datasetOptions, evaluationOptions, importOptions, trainConfiguration } from '../../shared/configuration.ts'
import { probeOptions } from '../../shared/contract/doctor.ts'
import { tableOptions } from '../../shared/contract/explore.ts'
import { eventsFileOptions } from '../../shared/contract/logs.ts'
import { resumeOptions, trainOptions } from '../../shared/contract/runs.ts'
import { comparisonOptions, reportOptions, reportPageOptions, storedComparison } from '../../shared/evaluation.ts'
import { sourceNames } from '../../shared/logs.ts'
import { exportOptions, predictOptions, scoreOptions } from '../../shared/prediction.ts'
import type { JobContext } from '../../shared/progress.ts'
import { reviewOptions } from '../../shared/review.ts'
import { simulateOptions } from '../../shared/simulation.ts'
import type { ReadWorkspace, WriteWorkspace } from '../storage/workspace.ts'

/** A kind of work that gets a process of its own. */
export interface JobDefinition {
  /** How the job opens the workspace. Those that write are listed there; those that read are short, not listed, and work on read-only disks too. */
  readonly mode: 'read' | 'write'
  /** Whether the job makes the workspace when there is none. */
  readonly create: boolean
  readonly input: z.ZodType
  /** Throws what speaks against the job before a workspace is made for it: one that can't begin leaves nothing behind. */
  check?(input: never): Promise<unknown>
  run(workspace: ReadWorkspace, input: never, context: JobContext): Promise<unknown>
}

/** Infers the types of a job that writes; `run` loads its room when it starts, so that a process holds only the native libraries that it needs. */
function define<Schema extends z.ZodType, Result>(
  definition: { create?: boolean; input: Schema; check?(input: z.output<Schema>): Promise<unknown> },
  run: (workspace: WriteWorkspace, input: z.output<Schema>, context: JobContext) => Promise<Result>,
) {
  return { mode: 'write' as const, create: false, ...definition, run }
}

/** The same for a job that reads. */
function defineReading<Schema extends z.ZodType, Result>(
  definition: { input: Schema },
  run: (workspace: ReadWorkspace, input: z.output<Schema>, context: JobContext) => Promise<Result>,
) {
  return { mode: 'read' as const, create: false, ...definition, run }
}

/** Entries of the queue from before it was the training's beginning that says whether an evaluation follows say it themselves. */
const resumableEntry = resumeOptions.extend({ evaluate: z.boolean().optional() })

export const jobKinds = {
  import: define(
    {
      create: true,
      input: importOptions,
      check: async (input) => {
        const { planImport } = await import('../ingest/plan.ts')
        return planImport(input)
      },
    },
    async (workspace, input, context) => {
      const { importFiles } = await import('../ingest/import.ts')
      return importFiles(workspace, input, context)
    },
  ),
  simulate: define({ create: true, input: simulateOptions }, async (workspace, input, context) => {
    const { importSimulatedLog } = await import('./simulate.ts')
    return importSimulatedLog(workspace, input, context)
  }),
  'remove-source': define(
    { input: z.strictObject({ source: z.string().min(1) }) },
    async (workspace, { source }, context) => {
      const { removeSource } = await import('../ingest/removal.ts')
      return removeSource(workspace, source, context)
    },
  ),
  'log-statistics': defineReading({ input: sourceNames }, async (workspace, { sources }) => {
    const { logStatistics } = await import('../ingest/log-statistics.ts')
    return logStatistics(workspace, sources)
  }),
  'log-overview': defineReading({ input: sourceNames }, async (workspace, { sources }) => {
    const { logOverview } = await import('../ingest/log-overview.ts')
    return logOverview(workspace, sources)
  }),
  'behaviour-profile': defineReading(
    { input: sourceNames.extend({ behaviour: z.string().min(1) }) },
    async (workspace, input, context) => {
      const { behaviourProfile } = await import('../ingest/behaviour-profile.ts')
      return behaviourProfile(workspace, input, context)
    },
  ),
  'user-counts': defineReading({ input: sourceNames.extend({ user: z.string().min(1) }) }, async (workspace, input) => {
    const { countUser } = await import('../ingest/user-counts.ts')
    return countUser(workspace, input)
  }),
  'event-anchors': defineReading({ input: tableOptions }, async (workspace, input) => {
    const { findEventAnchors } = await import('../ingest/event-anchors.ts')
    return findEventAnchors(workspace, input)
  }),
  'export-rejects': defineReading(
    { input: z.strictObject({ source: z.string().min(1), output: z.string().min(1) }) },
    async (workspace, { source, output }) => {
      const { exportRejects } = await import('../ingest/rejects-file.ts')
      return { output, rejects: await exportRejects(workspace, source, output) }
    },
  ),
  'export-events': define({ input: eventsFileOptions }, async (workspace, input, context) => {
    const { exportEvents } = await import('../ingest/events-file.ts')
    return exportEvents(workspace, input, context)
  }),
  'build-dataset': define({ input: datasetOptions }, async (workspace, input, context) => {
    const { buildDataset } = await import('../dataset/build.ts')
    return buildDataset(workspace, input, context)
  }),
  'preview-dataset': defineReading({ input: datasetOptions }, async (workspace, input, context) => {
    const { previewDataset } = await import('../dataset/preview.ts')
    return previewDataset(workspace, input, context)
  }),
  'verify-dataset': defineReading(
    { input: z.strictObject({ dataset: z.string().min(1) }) },
    async (workspace, { dataset }) => {
      const { openDataset } = await import('../dataset/open.ts')
      const { id } = openDataset(workspace, dataset, { verify: true })
      return { id }
    },
  ),
  'dataset-timeline': defineReading(
    { input: z.strictObject({ dataset: z.string().min(1) }) },
    async (workspace, { dataset }) => {
      const [{ openDataset }, { datasetTimeline }] = await Promise.all([
        import('../dataset/open.ts'),
        import('../dataset/timeline.ts'),
      ])
      return datasetTimeline(openDataset(workspace, dataset))
    },
  ),
  'remove-dataset': define(
    { input: z.strictObject({ dataset: z.string().min(1), withRuns: z.boolean().default(false) }) },
    async (workspace, input, context) => {
      const { removeDatasetAndRuns } = await import('./removal.ts')
      return removeDatasetAndRuns(workspace, input, context)
    },
  ),
  // What becomes of `evaluate` is the host's to see to (see followUpOf).
  train: define({ input: trainOptions }, async (workspace, { evaluate: _, ...configuration }, context) => {
    const { trainRun } = await import('../training/run.ts')
    return trainRun(workspace, configuration, context)
  }),
  'resume-training': define({ input: resumableEntry }, async (workspace, { evaluate: _, ...options }, context) => {
    const { resumeRun } = await import('../training/run.ts')
    return resumeRun(workspace, options, context)
  }),
  'remove-run': define({ input: z.strictObject({ run: z.string().min(1) }) }, async (workspace, { run }) => {
    const { removeUnusedRun } = await import('./removal.ts')
    return removeUnusedRun(workspace, run)
  }),
  'measure-training': defineReading(
    {
      input: z.strictObject({ configuration: trainConfiguration, seconds: z.number().positive().default(4) }),
    },
    async (workspace, { configuration, seconds }, context) => {
      const { measureTrainingRate } = await import('../training/rate.ts')
      return measureTrainingRate(workspace, configuration, seconds, context)
    },
  ),
  doctor: define({ input: probeOptions }, async (workspace, input, context) => {
    const { checkDevices } = await import('./doctor.ts')
    return checkDevices(workspace, input, context)
  }),
  evaluate: define({ input: evaluationOptions }, async (workspace, input, context) => {
    const { evaluateRun } = await import('../evaluation/evaluate.ts')
    return evaluateRun(workspace, input, context)
  }),
  compare: define({ input: comparisonOptions }, async (workspace, input, context) => {
    const { compareRuns } = await import('../evaluation/compare.ts')
    return compareRuns(workspace, input, context)
  }),
  report: define(
    { input: reportOptions.extend({ directory: z.string().min(1) }) },
    async (workspace, { directory, ...options }, context) => {
      const { writeReport } = await import('../evaluation/report/write.ts')
      return writeReport(workspace, options, directory, context)
    },
  ),
  'report-page': define({ input: reportPageOptions }, async (workspace, { output, ...options }, context) => {
    const { writeReportPage } = await import('../evaluation/report/write.ts')
    return writeReportPage(workspace, options, output, context)
  }),
  'compare-evaluations': defineReading({ input: storedComparison }, async (workspace, input, context) => {
    const { compareStored } = await import('../evaluation/compare.ts')
    return compareStored(workspace, input, context)
  }),
  predict: defineReading({ input: predictOptions }, async (workspace, input, context) => {
    const { predictNext } = await import('../prediction/predict.ts')
    return predictNext(workspace, input, context)
  }),
  score: define({ input: scoreOptions }, async (workspace, input, context) => {
    const { scoreUsers } = await import('../prediction/score.ts')
    return scoreUsers(workspace, input, context)
  }),
  export: define({ input: exportOptions }, async (workspace, input, context) => {
    const { exportModel } = await import('../prediction/export.ts')
    return exportModel(workspace, input, context)
  }),
  'create-review': define({ input: reviewOptions }, async (workspace, input, context) => {
    const { createReview } = await import('../review/create.ts')
    return createReview(workspace, input, context)
  }),
  'export-review-labels': defineReading(
    {
      input: z.strictObject({
        project: z.int().min(1),
        format: z.enum(['csv', 'jsonl']),
        output: z.string().min(1),
      }),
    },
    async (workspace, input, context) => {
      const { exportLabels } = await import('../review/export.ts')
      return exportLabels(workspace, input, context)
    },
  ),
  'export-review-taxonomy': defineReading(
    { input: z.strictObject({ project: z.int().min(1), output: z.string().min(1) }) },
    async (workspace, input) => {
      const { exportTaxonomy } = await import('../review/export.ts')
      return exportTaxonomy(workspace, input)
    },
  ),
} as const satisfies Record<string, JobDefinition>

export type JobKind = keyof typeof jobKinds
export type JobInput<Kind extends JobKind> = z.input<(typeof jobKinds)[Kind]['input']>
export type JobResult<Kind extends JobKind> = Awaited<ReturnType<(typeof jobKinds)[Kind]['run']>>
