import {
  type EvaluationEntry,
  overviewOptions,
  reportPageOptions,
  type ShownEvaluation,
  type StoredComparisonResult,
  storedComparison,
  storedEvaluation,
} from '../evaluation.ts'
import {
  type BehaviourFigures,
  behaviourOptions,
  type ConfusionFigures,
  confusionOptions,
  type EvaluatedTargets,
  exportTargetsOptions,
  type TargetSequence,
  targetOptions,
  targetSequenceOptions,
} from '../evaluation-details.ts'
import type { RunOverview } from '../runs.ts'
import { tableOptions } from '../table.ts'
import { job, request } from './leaf.ts'

/** What stored evaluations say. Nothing here runs a model; `runs.evaluate` does. */
export const evaluation = {
  /** Every run with its figures, newest first. */
  overview: request<RunOverview[]>()(overviewOptions),
  /** The stored evaluations of a run, newest first. */
  list: request<EvaluationEntry[]>()(storedEvaluation.pick({ run: true })),
  show: request<ShownEvaluation>()(storedEvaluation),
  behaviours: request<BehaviourFigures>()(behaviourOptions),
  confusions: request<ConfusionFigures>()(confusionOptions),
  targets: request<EvaluatedTargets>()(targetOptions),
  /** What led to a target. */
  sequence: request<TargetSequence>()(targetSequenceOptions),
  /** Paired differences and tests against the first run. */
  compare: request<StoredComparisonResult>()(storedComparison),

  /** Write a file into the workspace's exports. */
  writeTable: request<{ rows: number }>()(tableOptions),
  exportTargets: request<{ rows: number }>()(exportTargetsOptions),
  reportPage: job(reportPageOptions),
}
