import assert from 'node:assert/strict'

/** Serialisable form of running losses; numbers survive JSON bit for bit. */
export interface RunningLossesState {
  losses: number[]
  observed: boolean[]
}

/**
 * Running mean of the token loss of each class: an exponential moving average over the class's own tokens.
 *
 * n tokens of a class in one batch with mean loss m do l <- d^n l + (1 - d^n) m, where d is the decay per token: the tokens of one batch have no order and
 * count alike. The first batch with a class sets l = m. **A class absent from a batch keeps its value.** Before its first token a class has the
 * loss log V of a model that knows nothing, so that an adversary has no reason to prefer it.
 */
export class RunningLosses {
  readonly values: Float64Array
  readonly #decay: number
  readonly #observed: boolean[]
  readonly #sums: Float64Array
  readonly #counts: Float64Array

  /**
   * @param classes number of classes
   * @param initial loss before the first token, in nats
   * @param decay per token, 0..1; 1 keeps the first batch's loss for ever
   */
  constructor(classes: number, initial: number, decay: number) {
    this.values = new Float64Array(classes).fill(initial)
    this.#decay = decay
    this.#observed = new Array<boolean>(classes).fill(false)
    this.#sums = new Float64Array(classes)
    this.#counts = new Float64Array(classes)
  }

  /** Whether any token of the class has been seen. */
  observed(c: number): boolean {
    return this.#observed[c]
  }

  /** Takes one batch: token losses and each token's class, both [N]; tokens with counted = 0 are left out. */
  observe(tokenLoss: Float32Array, classOf: (token: number) => number, counted: Float32Array): void {
    this.#sums.fill(0)
    this.#counts.fill(0)
    for (let token = 0; token < counted.length; token++) {
      if (counted[token] === 0) continue
      const c = classOf(token)
      this.#sums[c] += tokenLoss[token]
      this.#counts[c]++
    }
    for (let c = 0; c < this.values.length; c++) {
      if (this.#counts[c] === 0) continue
      const mean = this.#sums[c] / this.#counts[c]
      const kept = this.#observed[c] ? this.#decay ** this.#counts[c] : 0
      this.values[c] = kept * this.values[c] + (1 - kept) * mean
      this.#observed[c] = true
    }
  }

  state(): RunningLossesState {
    return { losses: [...this.values], observed: [...this.#observed] }
  }

  restore(state: RunningLossesState): void {
    assert(state.losses.length === this.values.length, 'running losses of another number of classes')
    this.values.set(state.losses)
    for (let c = 0; c < state.observed.length; c++) this.#observed[c] = state.observed[c]
  }
}
