/**
 * Prior correction. Worst-case objectives, re-weighting and logit adjustment make the model answer for another class distribution q than the
 * data's p; its probabilities are then distorted by factors q_c / p_c. Those factors are re-estimated instead of taken from the objective,
 * which need not know them: every class gets one factor, p'(c|x) = p(c|x) w_c / sum_j p(j|x) w_j, fitted on validation targets so that the
 * mean predicted share of every class equals its share among those targets.
 */

/** Rows of softmax probabilities on which the factors are fitted: n rows of V. */
export interface CorrectionSample {
  readonly classes: number
  /** [n, V]. */
  readonly probabilities: Float32Array
  /** [n], each in 0..V-1. */
  readonly targets: Int32Array
}

export interface PriorCorrection {
  /** log w_c, added to the logits: [V]. */
  readonly offsets: Float64Array
  readonly targets: number
  readonly iterations: number
  readonly converged: boolean
}

const maximumIterations = 200
/** Fitted when the predicted shares are off by less than this in total. */
const tolerance = 1e-4

/**
 * The wanted share of each class: validation counts n_c plus one pseudo-count per class on average, spread like the training frequencies
 * p_c, so that a class without validation targets keeps a share: pi_c = (n_c + V p_c) / (n + V).
 *
 * @param trainingCounts [V]
 */
export function wantedShares(targets: Int32Array, trainingCounts: Float64Array): Float64Array {
  const classes = trainingCounts.length
  const total = trainingCounts.reduce((sum, count) => sum + count, 0)
  const shares = trainingCounts.map((count) => (classes * count) / total)
  for (const target of targets) shares[target] += 1
  return shares.map((share) => share / (targets.length + classes))
}

/**
 * Fits the factors by w_c <- w_c pi_c / m_c, where m_c is the mean corrected probability of c over the sample: generalised iterative scaling
 * (Darroch & Ratcliff 1972) of a log-linear model with one offset per class, so every step lowers the convex objective
 * mean log sum_c p(c|x) w_c - sum_c pi_c log w_c, whose minimum matches m to pi.
 */
export function fitPriorCorrection(sample: CorrectionSample, trainingCounts: Float64Array): PriorCorrection {
  const { classes, probabilities, targets } = sample
  const wanted = wantedShares(targets, trainingCounts)
  const factors = new Float64Array(classes).fill(1)
  const mean = new Float64Array(classes)
  let iterations = 0
  let distance = Number.POSITIVE_INFINITY
  for (; iterations < maximumIterations; iterations += 1) {
    meanCorrected(probabilities, factors, mean)
    distance = 0
    for (let id = 0; id < classes; id += 1) distance += Math.abs(mean[id] - wanted[id])
    if (distance < tolerance) break
    for (let id = 0; id < classes; id += 1) if (mean[id] > 0) factors[id] *= wanted[id] / mean[id]
  }
  return {
    offsets: factors.map(Math.log),
    targets: targets.length,
    iterations,
    converged: distance < tolerance,
  }
}

/** mean_c = (1/n) sum over rows of p(c|x) w_c / sum_j p(j|x) w_j. */
function meanCorrected(probabilities: Float32Array, factors: Float64Array, mean: Float64Array): void {
  const classes = factors.length
  const rows = probabilities.length / classes
  mean.fill(0)
  for (let row = 0; row < rows; row += 1) {
    const start = row * classes
    let sum = 0
    for (let id = 0; id < classes; id += 1) sum += probabilities[start + id] * factors[id]
    const scale = 1 / (sum * rows)
    for (let id = 0; id < classes; id += 1) mean[id] += probabilities[start + id] * factors[id] * scale
  }
}

/** Keeps a uniform random sample of bounded size from a stream of rows (reservoir sampling, algorithm R). */
export class CorrectionReservoir {
  readonly #classes: number
  readonly #capacity: number
  readonly #uniform: () => number
  readonly #targets: number[] = []
  #probabilities: Float32Array
  #offered = 0

  /**
   * @param numbers how many probabilities may be held in memory; at least one row is
   * @param uniform numbers in [0, 1)
   */
  constructor(classes: number, numbers: number, uniform: () => number) {
    this.#classes = classes
    this.#capacity = Math.max(1, Math.floor(numbers / classes))
    this.#uniform = uniform
    this.#probabilities = new Float32Array(Math.min(this.#capacity, 256) * classes)
  }

  /** @param logits of one target with a seen behaviour: [V] */
  offer(logits: Float64Array, target: number): void {
    this.#offered += 1
    if (this.#targets.length < this.#capacity) {
      this.#grow()
      this.#targets.push(target)
      this.#write(this.#targets.length - 1, logits)
      return
    }
    const place = Math.floor(this.#uniform() * this.#offered)
    if (place >= this.#capacity) return
    this.#targets[place] = target
    this.#write(place, logits)
  }

  get size(): number {
    return this.#targets.length
  }

  sample(): CorrectionSample {
    return {
      classes: this.#classes,
      probabilities: this.#probabilities.subarray(0, this.#targets.length * this.#classes),
      targets: Int32Array.from(this.#targets),
    }
  }

  #grow(): void {
    const rows = this.#probabilities.length / this.#classes
    if (this.#targets.length < rows) return
    const larger = new Float32Array(Math.min(this.#capacity, rows * 2) * this.#classes)
    larger.set(this.#probabilities)
    this.#probabilities = larger
  }

  #write(row: number, logits: Float64Array): void {
    const start = row * this.#classes
    let largest = Number.NEGATIVE_INFINITY
    for (const logit of logits) if (logit > largest) largest = logit
    let sum = 0
    for (let id = 0; id < this.#classes; id += 1) sum += Math.exp(logits[id] - largest)
    for (let id = 0; id < this.#classes; id += 1) {
      this.#probabilities[start + id] = Math.exp(logits[id] - largest) / sum
    }
  }
}
