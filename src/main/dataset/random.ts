/**
 * Reproducible random numbers: xoshiro128** (Blackman and Vigna 2018), seeded from any number of integers, so that every
 * (seed, epoch, batch, ...) has a stream of its own and nothing needs to be replayed.
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #d: number

  /** @param seeds non-negative integers up to 2^53. */
  constructor(...seeds: number[]) {
    let hash = 0x9e3779b9
    for (const seed of seeds) {
      hash = mix(hash ^ seed)
      hash = mix(hash ^ Math.floor(seed / 2 ** 32))
    }
    this.#a = mix(hash + 1)
    this.#b = mix(hash + 2)
    this.#c = mix(hash + 3)
    this.#d = mix(hash + 4) | 1
  }

  /** Uniform on 0..2^32 - 1. */
  uint32(): number {
    const multiplied = Math.imul(this.#b, 5)
    const result = Math.imul((multiplied << 7) | (multiplied >>> 25), 9) >>> 0
    const shifted = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= shifted
    this.#d = (this.#d << 11) | (this.#d >>> 21)
    return result
  }

  /** Uniform on [0, 1), with 53 bits. */
  uniform(): number {
    return ((this.uint32() >>> 5) * 0x4000000 + (this.uint32() >>> 6)) / 2 ** 53
  }

  /** Uniform on 0..bound - 1. */
  integer(bound: number): number {
    return Math.floor(this.uniform() * bound)
  }

  /** Standard normal (Box and Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform())
  }

  /** An index drawn with the given probabilities, which add up to 1. */
  choose(probabilities: ArrayLike<number>): number {
    let left = this.uniform()
    for (let index = 0; index < probabilities.length - 1; index++) {
      left -= probabilities[index]
      if (left < 0) return index
    }
    return probabilities.length - 1
  }

  /** Shuffles in place (Fisher and Yates). */
  shuffle(values: Uint32Array): void {
    for (let last = values.length - 1; last > 0; last--) {
      const other = this.integer(last + 1)
      const value = values[last]
      values[last] = values[other]
      values[other] = value
    }
  }
}

/** The finaliser of MurmurHash3: every bit of the input reaches every bit of the output. */
function mix(value: number): number {
  let hash = value | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
