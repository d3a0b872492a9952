import type { GroupRule } from '../../../shared/configuration.ts'
import type { ComparisonResult, EvaluationResult } from '../../../shared/evaluation.ts'
import { giniCoefficient, groupNames, groupRuleDescriptions, rankClasses, topShare } from '../../../shared/long-tail.ts'
import { measuredValidations, type RunHistory } from '../../../shared/runs.ts'
import type { Dataset } from '../../dataset/types.ts'
import type { ModelPredictions } from '../predictions.ts'
import { measure } from '../summary.ts'
import { type Confusions, confusions } from './confusions.ts'
import { logarithmicRanks, type Point, thinLine } from './thin.ts'

/** Everything a report shows; `report.json` is this document, and the HTML page draws nothing else. */
export interface ReportDocument {
  format: 1
  createdAt: string
  /** Version of this program. */
  version: string
  simulated: boolean
  split: 'valid' | 'test'
  rule: { name: GroupRule; description: string }
  dataset: {
    id: string
    name: string
    contentHash: string
    users: number
    events: number
    trainingEvents: number
    behaviours: number
    locations: number
    length: number
    slotMinutes: number
    split: Dataset['configuration']['split']
    /** Of the training frequencies. */
    gini: number
    topFifthShare: number
  }
  /** Training frequencies by rank, thinned evenly in the logarithm of the rank where there are many. */
  rankFrequency: { rank: number; count: number; group: number; name: string }[]
  /** Classes with figures of their own, most frequent first: all, or those with the most targets where there are many. */
  behaviours: { id: number; name: string; group: number; trainingCount: number; support: number }[]
  runs: ReportRun[]
  /** Against the first run; empty for a single run. */
  comparisons: (Omit<ComparisonResult['others'][number], 'evaluation'> & { run: string })[]
}

export interface ReportRun {
  /** The run's name, with its post-hoc adjustment where there is one. */
  label: string
  evaluation: EvaluationResult
  history: {
    loss: Point[]
    validation: { step: number; nll: number; accuracy: number; macroRecall: number }[]
    groups: { name: string; loss: Point[]; weight: Point[] }[]
  }
  /** In the order of `behaviours`. */
  perBehaviour: { predicted: number[]; correct: number[] }
  confusions: Confusions
}

/** What one run brings to a report. */
export interface ReportInput {
  evaluation: EvaluationResult
  predictions: ModelPredictions
  history: RunHistory
}

const shownBehaviours = 5000
const shownRanks = 2000
const shownSteps = 1000

/**
 * Puts a report together.
 *
 * @param inputs evaluated runs on this dataset, the first being the reference
 * @param groups group of each class: [V]
 */
export function reportDocument(
  dataset: Dataset,
  inputs: readonly ReportInput[],
  groups: Uint8Array,
  comparison: ComparisonResult | null,
  version: string,
): ReportDocument {
  const { evaluation } = inputs[0]
  const tallies = inputs.map(({ predictions }) => measure(predictions, groups).tally)
  const shown = mostTested(tallies[0].support, dataset.trainingCounts, shownBehaviours)
  const numbers = (column: Float64Array) => shown.map((id) => column[id])
  return {
    format: 1,
    createdAt: new Date().toISOString(),
    version,
    simulated: dataset.simulated,
    split: evaluation.split,
    rule: { name: evaluation.rule, description: groupRuleDescriptions[evaluation.rule] },
    dataset: describeDataset(dataset, evaluation.dataset.name),
    rankFrequency: rankFrequency(dataset, groups),
    behaviours: shown.map((id) => ({
      id,
      name: dataset.behaviours[id],
      group: groups[id],
      trainingCount: dataset.trainingCounts[id],
      support: tallies[0].support[id],
    })),
    runs: inputs.map((input, index) => ({
      label: evaluationLabel(input.evaluation),
      evaluation: input.evaluation,
      history: thinHistory(input.history),
      perBehaviour: { predicted: numbers(tallies[index].predicted), correct: numbers(tallies[index].correct) },
      confusions: confusions(input.predictions),
    })),
    comparisons: (comparison?.others ?? []).map(({ evaluation: other, differences, mcnemar }) => ({
      run: evaluationLabel(other),
      differences,
      mcnemar,
    })),
  }
}

/** How a report calls an evaluation. */
export function evaluationLabel({ run, adjustment }: EvaluationResult): string {
  return adjustment === 0 ? run.name : `${run.name} (post-hoc tau ${adjustment})`
}

function describeDataset(dataset: Dataset, name: string): ReportDocument['dataset'] {
  const { configuration, trainingCounts } = dataset
  return {
    id: dataset.id,
    name,
    contentHash: dataset.contentHash,
    users: dataset.users.length,
    events: dataset.columns.behaviour.length,
    trainingEvents: trainingCounts.reduce((sum, count) => sum + count, 0),
    behaviours: dataset.behaviours.length,
    locations: dataset.locations.length,
    length: configuration.length,
    slotMinutes: configuration.slotMinutes,
    split: configuration.split,
    gini: giniCoefficient(trainingCounts),
    topFifthShare: topShare(trainingCounts),
  }
}

/** At most so many classes, those with the most targets, in the order of training frequency. */
export function mostTested(support: Float64Array, trainingCounts: Float64Array, most: number): number[] {
  const ranked = rankClasses(trainingCounts)
  if (ranked.length <= most) return ranked
  const kept = new Set(rankClasses(support).slice(0, most))
  return ranked.filter((id) => kept.has(id))
}

function rankFrequency(dataset: Dataset, groups: Uint8Array): ReportDocument['rankFrequency'] {
  const ranked = rankClasses(dataset.trainingCounts)
  return logarithmicRanks(ranked.length, shownRanks).map((rank) => {
    const id = ranked[rank - 1]
    return { rank, count: dataset.trainingCounts[id], group: groups[id], name: dataset.behaviours[id] }
  })
}

function thinHistory(history: RunHistory): ReportRun['history'] {
  const line = (points: readonly Point[]) => thinLine(points, shownSteps)
  return {
    loss: line(history.steps.map(({ step, loss }) => [step, loss])),
    validation: measuredValidations(history.validations).map(({ step, nll, accuracy, macroRecall }) => ({
      step,
      nll,
      accuracy,
      macroRecall,
    })),
    groups: groupNames.map((name) => {
      const rows = history.groups.filter((row) => row.name === name)
      return {
        name,
        loss: line(rows.flatMap(({ step, loss }): Point[] => (loss === null ? [] : [[step, loss]]))),
        weight: line(rows.map(({ step, weight }) => [step, weight])),
      }
    }),
  }
}
