import assert from 'node:assert'
import { setImmediate } from 'node:timers/promises'
import { throwIfCancelled } from '../../shared/errors.ts'
import type { Interval, PairedDifference } from '../../shared/evaluation.ts'
import { phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import { uniformGenerator } from '../model/random.ts'
import { type Metrics, metricsOf } from './metrics.ts'
import { emptyTally, tallyUsers, type UserStatistics } from './statistics.ts'

/** Values of every metric over the resamples, by name: [samples]. */
export type BootstrapDraws = Record<string, Float64Array>

/**
 * Bootstrap over users: each resample draws as many users as there are, with replacement, and takes all targets of each (targets of one user
 * are not independent, users are). All sets of predictions see the same resamples, which pairs them. A class that has no targets in a
 * resample is left out of that resample's macro averages, as it would be were the resample the data.
 *
 * @param statistics one entry per set of predictions, all on the same targets
 * @param groups group of each class: [V]
 * @returns the draws of each entry
 */
export async function bootstrap(
  statistics: readonly UserStatistics[],
  groups: Uint8Array,
  options: { samples: number; seed: number },
  context: JobContext,
): Promise<BootstrapDraws[]> {
  const users = statistics[0].users
  for (const other of statistics) {
    assert.deepEqual(other.users, users, 'paired predictions must have the same users')
  }
  const tallies = statistics.map(emptyTally)
  const draws = statistics.map((): BootstrapDraws => ({}))
  const weights = new Int32Array(users.length)
  const uniform = uniformGenerator('bootstrap', options.seed)
  const report = (done: number) =>
    context.report({ stage: phrase`bootstrap over users`, done, total: options.samples, unit: 'resamples' })
  for (let sample = 0; sample < options.samples; sample += 1) {
    // A cancellation is a message, which only an event loop that turns receives.
    await setImmediate()
    throwIfCancelled(context.signal)
    if (sample % 50 === 0) report(sample)
    weights.fill(0)
    for (let draw = 0; draw < users.length; draw += 1) weights[Math.floor(uniform() * users.length)] += 1
    for (const [index, own] of statistics.entries()) {
      record(draws[index], metricsOf(tallyUsers(own, tallies[index], weights), groups), sample, options.samples)
    }
  }
  report(options.samples)
  return draws
}

function record(draws: BootstrapDraws, metrics: Metrics, sample: number, samples: number): void {
  for (const [name, value] of Object.entries(metrics)) {
    draws[name] ??= new Float64Array(samples)
    draws[name][sample] = value
  }
}

/**
 * 95 % interval of a metric: the 2.5 % and 97.5 % quantiles of its draws (linear interpolation), shifted by their bias, the mean of the
 * draws minus the metric. Without the shift, macro averages would lie outside of their own intervals: rare classes drop out of a third of
 * the resamples, and ECE grows with the noise of a resample.
 *
 * It is widened to the metric itself where that lies outside: nothing in the shift keeps it inside where the draws are skewed. The macro recall of
 * one constant prediction, 1 / (classes with targets), is the same in nearly every resample and larger in the few that miss a class: these alone make
 * the bias, by which both quantiles, equal to the metric, would fall below it. Widening only adds to what the interval covers.
 *
 * Quantiles and bias: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 13 and 10.
 *
 * @returns null where the metric is not defined, or in fewer than half of the draws
 */
export function bootstrapInterval(value: number, draws: Float64Array): Interval | null {
  const defined = definedDraws(value, draws)?.sort()
  if (defined === undefined) return null
  const bias = defined.reduce((sum, draw) => sum + (draw - value), 0) / defined.length
  return [Math.min(value, quantile(defined, 0.025) - bias), Math.max(value, quantile(defined, 0.975) - bias)]
}

/** Metrics that are no shares: they can be above 1. */
const unbounded = /(^|\.)(nll|absoluteError)$/

/** The interval of a metric, cut to the values that it can have, which the shift knows nothing of: none is negative, and no share is above 1. */
export function metricInterval(metric: string, value: number, draws: Float64Array): Interval | null {
  const between = bootstrapInterval(value, draws)
  if (between === null) return null
  const most = unbounded.test(metric) ? Number.POSITIVE_INFINITY : 1
  return [Math.max(0, between[0]), Math.min(most, between[1])]
}

/** The defined draws; undefined where there are too few, or the value itself is not defined. */
function definedDraws(value: number, draws: Float64Array): Float64Array | undefined {
  const defined = draws.filter(Number.isFinite)
  return Number.isFinite(value) && defined.length > 0 && defined.length >= draws.length / 2 ? defined : undefined
}

function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1)
  const below = Math.floor(position)
  const above = Math.ceil(position)
  return sorted[below] + (position - below) * (sorted[above] - sorted[below])
}

/**
 * Paired comparison of one metric: the draws of both sides come from the same resamples. Unlike the draws of one metric, their differences d are
 * not shifted: where two runs differ for few users, many resamples hold none of them, and a shift, however small, would call each of those a win.
 * What makes a shift of one metric necessary is the same on both sides and cancels. The interval is that of the 2.5 % and 97.5 % quantiles of d,
 * widened to the difference itself where that lies outside.
 *
 * p = min(1, 2 (#{d = 0 or d of the other sign than the difference} + 1) / (samples + 1)), so it is never below 2 / (samples + 1); 1 without a difference.
 *
 * @returns null where the metric is not defined on a side, or in fewer than half of the draws
 */
export function pairedDifference(
  reference: { value: number; draws: Float64Array },
  other: { value: number; draws: Float64Array },
): PairedDifference | null {
  const difference = other.value - reference.value
  const draws = definedDraws(
    difference,
    other.draws.map((value, index) => value - reference.draws[index]),
  )?.sort()
  if (draws === undefined) return null
  const sign = Math.sign(difference)
  const against = draws.filter((draw) => draw * sign <= 0).length
  return {
    difference,
    interval: [Math.min(difference, quantile(draws, 0.025)), Math.max(difference, quantile(draws, 0.975))],
    p: Math.min(1, (2 * (against + 1)) / (draws.length + 1)),
  }
}
