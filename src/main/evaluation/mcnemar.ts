import assert from 'node:assert'
import type { McNemarResult } from '../../shared/evaluation.ts'
import { isSeen, type Predictions } from './predictions.ts'

/**
 * McNemar's exact test on the top-1 predictions of two runs on the same targets: among the targets that exactly one of them got right,
 * is either side likelier than 1/2?
 */
export function mcnemar(reference: Predictions, run: Predictions): McNemarResult {
  assert(reference.event.length === run.event.length, 'paired predictions must have the same targets')
  let onlyReference = 0
  let onlyRun = 0
  for (let row = 0; row < run.event.length; row += 1) {
    if (!isSeen(run, row)) continue
    const referenceRight = reference.predicted[row] === reference.target[row]
    const runRight = run.predicted[row] === run.target[row]
    if (referenceRight && !runRight) onlyReference += 1
    if (runRight && !referenceRight) onlyRun += 1
  }
  return { onlyReference, onlyRun, p: binomialTest(onlyReference, onlyRun) }
}

/** Two-sided exact p of `a` against `b` outcomes of a fair coin: min(1, 2 P(X <= min(a, b))), X ~ Binomial(a + b, 1/2). */
export function binomialTest(a: number, b: number): number {
  const trials = a + b
  // log C(n, k) / 2^n, from the mode of the smaller tail downwards: terms shrink, so the sum can stop early.
  const smaller = Math.min(a, b)
  let term = logChoose(trials, smaller) - trials * Math.LN2
  let sum = 0
  for (let k = smaller; k >= 0; k -= 1) {
    const share = Math.exp(term)
    sum += share
    if (share < sum * 1e-17) break
    if (k > 0) term += Math.log(k) - Math.log(trials - k + 1)
  }
  return Math.min(1, 2 * sum)
}

/** log C(n, k) as a sum of logarithms over the smaller side. */
function logChoose(n: number, k: number): number {
  let sum = 0
  for (let index = 1; index <= Math.min(k, n - k); index += 1) sum += Math.log(n - index + 1) - Math.log(index)
  return sum
}
