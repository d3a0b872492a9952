import { gapBoundaries, gapNames } from '../../shared/gaps.ts'
import type { PredictedGaps, PredictedLocations } from '../../shared/prediction.ts'
import type { HeadLogits } from '../engine/inference.ts'
import { topBehaviours } from './top-behaviours.ts'

/** What the extra heads of a run say comes next, from one row of logits: the most probable locations and every bucket of the gap. Null for a head that the run lacks. */
export function describeHeads(
  { location, gap }: HeadLogits,
  locations: readonly string[],
  top: number,
): { location: PredictedLocations | null; gap: PredictedGaps | null } {
  return {
    location: location === undefined ? null : describeLocations(location, locations, top),
    gap: gap === undefined ? null : describeGaps(gap),
  }
}

function describeLocations(logits: Float32Array, names: readonly string[], top: number): PredictedLocations {
  const { classes, probabilities, remaining } = topBehaviours(logits, top)
  return {
    predictions: classes.map((id, index) => ({
      rank: index + 1,
      location: id === 0 ? null : names[id],
      probability: probabilities[index],
    })),
    remaining: { locations: names.length - classes.length, probability: remaining },
  }
}

function describeGaps(logits: Float32Array): PredictedGaps {
  const { classes, probabilities } = topBehaviours(logits, logits.length)
  const byBucket = new Float64Array(logits.length)
  for (const [place, bucket] of classes.entries()) byBucket[bucket] = probabilities[place]
  return {
    buckets: gapNames.map((name, bucket) => ({
      bucket,
      name,
      from: bucket === 0 ? 0 : gapBoundaries[bucket - 1],
      until: gapBoundaries[bucket] ?? null,
      probability: byBucket[bucket],
    })),
    mostProbable: classes[0],
  }
}
