import { WorkbenchError } from '../../shared/errors.ts'
import type { EvaluationResult, StoredEvaluation } from '../../shared/evaluation.ts'
import { groupClasses } from '../../shared/long-tail.ts'
import { phrase } from '../../shared/phrase.ts'
import type { OpenedDataset } from '../dataset/open.ts'
import { findEvaluation } from '../storage/evaluations.ts'
import { findRun } from '../storage/runs.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import { loadRun } from '../training/run-directory.ts'
import type { Evaluated } from './paired.ts'
import { evaluationPath, readPredictions } from './predictions-file.ts'
import { openTrainedDataset } from './trained-dataset.ts'

/** A stored evaluation with its predictions and the dataset that they are on. */
export interface OpenEvaluation extends Evaluated {
  readonly dataset: OpenedDataset
  /** Group of each class by the evaluation's rule: [V]. */
  readonly groups: Uint8Array
}

const splitWords = { valid: phrase`valid`, test: phrase`test` }

/** The result of an evaluation that was made. @throws WorkbenchError `not-found` for a run that is not there or was not evaluated so. */
export function requireEvaluation({ database }: ReadWorkspace, stored: StoredEvaluation): EvaluationResult {
  const run = findRun(database, stored.run)
  const found = findEvaluation(database, run.id, stored)
  if (found !== undefined) return found
  const adjusted = stored.adjustment === 0 ? '' : phrase`, adjustment ${String(stored.adjustment)}`
  throw new WorkbenchError(
    'not-found',
    phrase`Run ${run.name} was not evaluated so: ${splitWords[stored.split]} targets, checkpoint ${stored.checkpoint}, group rule ${stored.rule}${adjusted}.`,
    phrase`Evaluate the run first.`,
  )
}

/**
 * Opens an evaluation that was made: reads 50 to 60 bytes a target.
 * @throws WorkbenchError as of `requireEvaluation`; `corrupt` for damaged files; `conflict` when the dataset is another one now.
 */
export function openEvaluation(workspace: ReadWorkspace, stored: StoredEvaluation): OpenEvaluation {
  const evaluation = requireEvaluation(workspace, stored)
  const run = loadRun(workspace, evaluation.run.id)
  const { contentHash } = evaluation.dataset
  const file = `${evaluationPath(run.directory, evaluation)}.safetensors`
  const predictions = readPredictions(file, { contentHash, parametersHash: evaluation.parametersHash })
  const dataset = openTrainedDataset(workspace, run)
  return { evaluation, predictions, dataset, groups: groupClasses(dataset.trainingCounts, stored.rule) }
}
