import type { CalibrationBin } from '../../shared/evaluation.ts'

/** Bins over the top-1 probability. */
export const calibrationBins = 15

/**
 * Two ways to cut top-1 probabilities into bins. Of thousands of classes nearly all lie in the first bins of equal width, which then say little: bins of equally many targets
 * lie where the probabilities are (Nguyen & O'Connor 2015; Nixon et al. 2019).
 */
export const binnings = ['equalWidth', 'equalCount'] as const
export type Binning = (typeof binnings)[number]

/** Bins, the last of which is closed. */
export interface Bins {
  /** Where each begins, and where the last one ends: [B + 1]. */
  readonly edges: Float64Array
  /** Bin (0..B-1) of a probability. */
  of(confidence: number): number
}

/** Sums of the targets in each bin: [B]. */
export interface BinSums {
  readonly targets: Float64Array
  readonly confidence: Float64Array
  readonly correct: Float64Array
}

/** [0, 1/15), ... [14/15, 1]. */
const equalWidth: Bins = {
  edges: Float64Array.from({ length: calibrationBins + 1 }, (_, bin) => bin / calibrationBins),
  of: (confidence) => Math.min(calibrationBins - 1, Math.floor(confidence * calibrationBins)),
}

/** Both ways to cut these probabilities. @param confidences of all targets that count, at least one */
export function binsOf(confidences: Float32Array): Record<Binning, Bins> {
  return { equalWidth, equalCount: equalCountBins(confidences) }
}

/**
 * Bins that begin at the b/15 quantiles, b = 0..14, of N sorted probabilities: at number floor(b N / 15). Equal probabilities share a bin, so where there are many, or fewer than 15 targets,
 * there are fewer bins and not all hold the same number.
 */
function equalCountBins(confidences: Float32Array): Bins {
  const sorted = confidences.slice().sort()
  const begins = Array.from(
    { length: calibrationBins },
    (_, bin) => sorted[Math.floor((bin * sorted.length) / calibrationBins)],
  )
  const distinct = [...new Set(begins)]
  return {
    edges: Float64Array.of(...distinct, sorted[sorted.length - 1]),
    of: (confidence) =>
      Math.max(
        0,
        distinct.findLastIndex((begin) => begin <= confidence),
      ),
  }
}

/**
 * Calibration error = sum_b (n_b / N) |accuracy_b - confidence_b|, where accuracy_b is the share of right top-1 predictions and confidence_b the mean top-1 probability of the bin's n_b targets.
 * Over bins of equal width it is the ECE (Guo et al. 2017, eq. 3), over bins of equal count the adaptive one, ACE.
 */
export function calibrationError(targets: number, { confidence, correct }: BinSums): number {
  let error = 0
  for (let bin = 0; bin < correct.length; bin += 1) error += Math.abs(correct[bin] - confidence[bin])
  return error / targets
}

/** The reliability diagram of bins. */
export function calibrationCurve({ edges, ...sums }: BinSums & Pick<Bins, 'edges'>): CalibrationBin[] {
  return Array.from(sums.targets, (targets, bin) => ({
    from: edges[bin],
    to: edges[bin + 1],
    targets,
    confidence: targets === 0 ? null : sums.confidence[bin] / targets,
    accuracy: targets === 0 ? null : sums.correct[bin] / targets,
  }))
}
