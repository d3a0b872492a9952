import type { BehaviourFigures } from '../../../shared/evaluation-details.ts'

/** What a run makes of one behaviour. */
export interface BehaviourRow {
  name: string
  /** Code of `groupNames`. */
  group: number
  trainingEvents: number
  /** Targets. */
  support: number
  predicted: number
  correct: number
  /** Null when the behaviour was never predicted. */
  precision: number | null
  /** Null without targets. */
  recall: number | null
  /** Null without targets and predictions. */
  f1: number | null
}

/** The rows of one of the runs. */
export function behaviourRows(figures: BehaviourFigures, run: number): BehaviourRow[] {
  const { predicted, correct } = figures.runs[run]!
  return figures.name.map((name, index) => {
    const support = figures.support[index]!
    const guesses = predicted[index]!
    const right = correct[index]!
    return {
      name,
      group: figures.group[index]!,
      trainingEvents: figures.trainingEvents[index]!,
      support,
      predicted: guesses,
      correct: right,
      precision: guesses === 0 ? null : right / guesses,
      recall: support === 0 ? null : right / support,
      f1: support + guesses === 0 ? null : (2 * right) / (support + guesses),
    }
  })
}

/** One behaviour under two runs. */
export interface ComparedBehaviour {
  name: string
  group: number
  support: number
  reference: number
  other: number
  /** Recall of the other run minus that of the reference, and targets that it predicts right in addition. */
  difference: number
  targets: number
}

/** Recall of each behaviour with targets under the first run, the reference, and another. */
export function comparedBehaviours(figures: BehaviourFigures, other: number): ComparedBehaviour[] {
  const [reference] = figures.runs
  return figures.name.flatMap((name, index) => {
    const support = figures.support[index]!
    if (support === 0) return []
    const [own, its] = [reference!.correct[index]!, figures.runs[other]!.correct[index]!]
    return [
      {
        name,
        group: figures.group[index]!,
        support,
        reference: own / support,
        other: its / support,
        difference: (its - own) / support,
        targets: its - own,
      },
    ]
  })
}
