import type { ComparisonResult, EvaluationResult, PairedDifference } from '../../shared/evaluation.ts'
import type { JobContext } from '../../shared/progress.ts'
import { type BootstrapDraws, bootstrap, pairedDifference } from './bootstrap.ts'
import { headDifferences } from './head-summary.ts'
import { mcnemar } from './mcnemar.ts'
import type { ModelPredictions } from './predictions.ts'
import { measure } from './summary.ts'

/** An evaluation with the predictions behind it. */
export interface Evaluated {
  evaluation: EvaluationResult
  predictions: ModelPredictions
}

/** Compares evaluated runs with the first of them. @param groups group of each class: [V] */
export async function compareEvaluated(
  evaluated: readonly Evaluated[],
  groups: Uint8Array,
  options: { samples: number; seed: number },
  context: JobContext,
): Promise<ComparisonResult> {
  const measured = evaluated.map(({ predictions }) => measure(predictions, groups))
  const draws = await bootstrap(
    measured.map(({ statistics }) => statistics),
    groups,
    options,
    context,
  )
  const ofHeads = (index: number) => evaluated[index].predictions.heads ?? {}
  const extra: Record<string, PairedDifference>[] = []
  for (let index = 1; index < evaluated.length; index += 1) {
    extra.push(await headDifferences(ofHeads(0), ofHeads(index), options, context))
  }
  const side = (index: number) => ({ metrics: measured[index].metrics, draws: draws[index] })
  return {
    reference: evaluated[0].evaluation,
    others: evaluated.slice(1).map(({ evaluation, predictions }, index) => ({
      evaluation,
      differences: { ...differences(side(0), side(index + 1)), ...extra[index] },
      mcnemar: mcnemar(evaluated[0].predictions, predictions),
    })),
    bootstrap: options,
  }
}

interface Side {
  metrics: Record<string, number>
  draws: BootstrapDraws
}

function differences(reference: Side, other: Side): Record<string, PairedDifference> {
  const found: Record<string, PairedDifference> = {}
  for (const [name, value] of Object.entries(other.metrics)) {
    const difference = pairedDifference(
      { value: reference.metrics[name], draws: reference.draws[name] },
      { value, draws: other.draws[name] },
    )
    if (difference !== null) found[name] = difference
  }
  return found
}
