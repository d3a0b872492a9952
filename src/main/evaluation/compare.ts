import type { EvaluationOptions } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import {
  type ComparisonOptionsInput,
  type ComparisonResult,
  comparisonOptions,
  type ReportOptions,
  type StoredComparison,
  type StoredComparisonResult,
} from '../../shared/evaluation.ts'
import { groupClasses } from '../../shared/long-tail.ts'
import { parseOptions } from '../../shared/options.ts'
import { phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import { findEvaluation } from '../storage/evaluations.ts'
import type { ReadWorkspace, WriteWorkspace } from '../storage/workspace.ts'
import { loadParameters, loadRun } from '../training/run-directory.ts'
import { evaluateRun, hashParameters, resampleEvaluation } from './evaluate.ts'
import { compareEvaluated, type Evaluated } from './paired.ts'
import { isStale } from './stale.ts'
import { openEvaluation } from './stored.ts'
import { openTrainedDataset } from './trained-dataset.ts'

/**
 * Compares runs with the first of them on the same targets: paired bootstrap over users of every metric's difference, and McNemar's test of
 * the top-1 predictions. A run that was not evaluated so, or was trained further since, is evaluated first.
 *
 * @throws WorkbenchError `conflict` when the runs were trained on different datasets: their targets are not the same
 */
export async function compareRuns(
  workspace: WriteWorkspace,
  input: ComparisonOptionsInput,
  context: JobContext,
): Promise<ComparisonResult> {
  const options = parseOptions(comparisonOptions, input)
  const evaluated = await evaluateAll(workspace, options, context)
  const dataset = openTrainedDataset(workspace, loadRun(workspace, evaluated[0].evaluation.run.id))
  const groups = groupClasses(dataset.trainingCounts, options.groupRule)
  return compareEvaluated(evaluated, groups, { samples: options.bootstrapSamples, seed: options.seed }, context)
}

/**
 * The same from stored evaluations alone: no model runs and nothing is written.
 *
 * @throws WorkbenchError `not-found` for a run that was not evaluated so, `conflict` when the runs were trained on different datasets
 */
export async function compareStored(
  workspace: ReadWorkspace,
  { runs, split, checkpoint, groupRule, bootstrapSamples, seed }: StoredComparison,
  context: JobContext,
): Promise<StoredComparisonResult> {
  const evaluated = runs.map((entry) => {
    const { run, adjustment } = typeof entry === 'string' ? { run: entry, adjustment: 0 } : entry
    return openEvaluation(workspace, { run, adjustment, split, checkpoint, rule: groupRule })
  })
  refuseDifferentDatasets(evaluated.map(({ evaluation: { run, dataset } }) => ({ name: run.name, dataset })))
  const compared = await compareEvaluated(evaluated, evaluated[0].groups, { samples: bootstrapSamples, seed }, context)
  return { ...compared, isStale: evaluated.map(({ evaluation }) => isStale(workspace, evaluation.run.id, evaluation)) }
}

/**
 * The evaluations of several runs on the same targets, those that are missing made now.
 *
 * @throws WorkbenchError `conflict` when the runs were trained on different datasets
 */
export async function evaluateAll(
  workspace: WriteWorkspace,
  { runs, ...options }: ReportOptions,
  context: JobContext,
): Promise<Evaluated[]> {
  const entries = runs.map((entry) => (typeof entry === 'string' ? { run: entry, adjustment: 0 } : entry))
  refuseDifferentDatasets(entries.map(({ run }) => loadRun(workspace, run)))
  const evaluated: Evaluated[] = []
  for (const entry of entries) evaluated.push(await ensureEvaluated(workspace, { ...options, ...entry }, context))
  return evaluated
}

/** The stored evaluation of these options if it is that of the run's present parameters, with these intervals, else a new one. */
async function ensureEvaluated(
  workspace: WriteWorkspace,
  options: EvaluationOptions,
  context: JobContext,
): Promise<Evaluated> {
  const run = loadRun(workspace, options.run)
  const key = {
    split: options.split,
    checkpoint: options.checkpoint,
    rule: options.groupRule,
    adjustment: options.adjustment,
  }
  const stored = findEvaluation(workspace.database, run.id, key)
  // The seed also draws the targets that the prior correction is fitted on.
  const isSameModel =
    stored !== undefined &&
    stored.bootstrap.seed === options.seed &&
    (options.device === 'auto' || stored.device === options.device) &&
    stored.parametersHash === hashParameters(loadParameters(run, options.checkpoint))
  if (!isSameModel) await evaluateRun(workspace, options, context)
  const { dataset, groups, ...evaluated } = openEvaluation(workspace, { run: run.id, ...key })
  if (evaluated.evaluation.bootstrap.samples === options.bootstrapSamples) return evaluated
  return resampleEvaluation(workspace, run, { dataset, groups, ...evaluated }, options.bootstrapSamples, context)
}

/** Only runs on one dataset have the same targets. */
export function refuseDifferentDatasets(
  runs: readonly { name: string; dataset: { name: string; contentHash: string } }[],
): void {
  const [first, ...others] = runs
  for (const other of others) {
    if (other.dataset.contentHash === first.dataset.contentHash) continue
    throw new WorkbenchError(
      'conflict',
      phrase`Runs ${first.name} and ${other.name} cannot be compared: they were trained on the datasets ${first.dataset.name} and ${other.dataset.name}, which have other targets.`,
      phrase`Train both runs on one dataset.`,
    )
  }
}
