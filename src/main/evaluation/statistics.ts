import assert from 'node:assert'
import { cutoffs } from '../../shared/evaluation.ts'
import { groupNames } from '../../shared/long-tail.ts'
import type { Predictions, ScoredPredictions } from './predictions.ts'

/** Bins of equal width over the top-1 probability, [0, 1/15), ... [14/15, 1]. */
export const calibrationBins = 15

/** Score sums kept per user: reciprocal rank, NLL, hits and gains per cutoff, NLL per group, absolute error (NaN where classes have no order). */
export const scoreColumns = {
  reciprocalRank: 0,
  nll: 1,
  hit: 2,
  gain: 2 + cutoffs.length,
  groupNll: 2 + 2 * cutoffs.length,
  absoluteError: 2 + 2 * cutoffs.length + groupNames.length,
  count: 3 + 2 * cutoffs.length + groupNames.length,
} as const

/**
 * Per-user sums from which every metric of a resample of users follows without touching targets again: U users, E (user, class) entries,
 * F (user, bin) entries. Sparse, so that 1000 resamples cost 1000 x (E + F + V) additions.
 */
export interface UserStatistics {
  readonly classes: number
  /** Dataset index of each user, ascending: [U]. */
  readonly users: Int32Array
  readonly seen: Float64Array
  readonly unseen: Float64Array
  /** Entries of user u are classOffsets[u] .. classOffsets[u + 1]. */
  readonly classOffsets: Int32Array
  readonly classIds: Int32Array
  readonly support: Float64Array
  readonly correct: Float64Array
  readonly predicted: Float64Array
  /** Absent for baselines, which give neither ranks nor probabilities. */
  readonly scores?: {
    /** [U, scoreColumns.count]. */
    readonly sums: Float64Array
    readonly binOffsets: Int32Array
    readonly binIds: Int32Array
    readonly binTargets: Float64Array
    readonly binConfidence: Float64Array
    readonly binCorrect: Float64Array
  }
}

/** Sums over a weighted set of users: what `metricsOf` needs. */
export interface Tally {
  seen: number
  unseen: number
  /** [V]. */
  readonly support: Float64Array
  readonly correct: Float64Array
  readonly predicted: Float64Array
  readonly scores?: {
    /** [scoreColumns.count]. */
    readonly sums: Float64Array
    /** [calibrationBins]. */
    readonly binTargets: Float64Array
    readonly binConfidence: Float64Array
    readonly binCorrect: Float64Array
  }
}

/** Whether predictions hold ranks and probabilities. */
export function isScored(predictions: Predictions): predictions is ScoredPredictions {
  return 'rank' in predictions
}

/** Bin of a top-1 probability. */
export function binOf(confidence: number): number {
  return Math.min(calibrationBins - 1, Math.floor(confidence * calibrationBins))
}

/**
 * Sums targets by user.
 *
 * @param groups group of each class, 0 head, 1 middle, 2 tail: [V]
 */
export function userStatistics(predictions: Predictions, groups: Uint8Array): UserStatistics {
  const { users, offsets, rows } = rowsByUser(predictions.user)
  const seen = new Float64Array(users.length)
  const unseen = new Float64Array(users.length)
  const classEntries = new SparseRows(predictions.classes, 3)
  const binEntries = new SparseRows(calibrationBins, 3)
  const sums = new Float64Array(users.length * scoreColumns.count)
  const scored = isScored(predictions)

  for (let user = 0; user < users.length; user += 1) {
    for (let index = offsets[user]; index < offsets[user + 1]; index += 1) {
      const row = rows[index]
      const target = predictions.target[row]
      if (target >= predictions.classes) {
        unseen[user] += 1
        continue
      }
      seen[user] += 1
      const guess = predictions.predicted[row]
      const right = guess === target ? 1 : 0
      classEntries.add(target, 1, right, 0)
      classEntries.add(guess, 0, 0, 1)
      if (!scored) continue
      binEntries.add(binOf(predictions.confidence[row]), 1, predictions.confidence[row], right)
      addScores(
        sums,
        user * scoreColumns.count,
        predictions.rank[row],
        -predictions.logProbability[row],
        groups[target],
      )
      sums[user * scoreColumns.count + scoreColumns.absoluteError] += predictions.absoluteError?.[row] ?? Number.NaN
    }
    classEntries.endRow()
    binEntries.endRow()
  }

  const [support, correct, predicted] = classEntries.columns()
  const [binTargets, binConfidence, binCorrect] = binEntries.columns()
  return {
    classes: predictions.classes,
    users,
    seen,
    unseen,
    classOffsets: classEntries.offsets(),
    classIds: classEntries.ids(),
    support,
    correct,
    predicted,
    ...(scored && {
      scores: {
        sums,
        binOffsets: binEntries.offsets(),
        binIds: binEntries.ids(),
        binTargets,
        binConfidence,
        binCorrect,
      },
    }),
  }
}

function addScores(sums: Float64Array, at: number, rank: number, nll: number, group: number): void {
  assert(rank >= 1, `a seen target has rank ${rank}`)
  sums[at + scoreColumns.reciprocalRank] += 1 / rank
  sums[at + scoreColumns.nll] += nll
  sums[at + scoreColumns.groupNll + group] += nll
  for (let index = 0; index < cutoffs.length; index += 1) {
    if (rank > cutoffs[index]) continue
    sums[at + scoreColumns.hit + index] += 1
    sums[at + scoreColumns.gain + index] += 1 / Math.log2(rank + 1)
  }
}

/** An empty tally that fits the statistics. */
export function emptyTally(statistics: UserStatistics): Tally {
  return {
    seen: 0,
    unseen: 0,
    support: new Float64Array(statistics.classes),
    correct: new Float64Array(statistics.classes),
    predicted: new Float64Array(statistics.classes),
    ...(statistics.scores && {
      scores: {
        sums: new Float64Array(scoreColumns.count),
        binTargets: new Float64Array(calibrationBins),
        binConfidence: new Float64Array(calibrationBins),
        binCorrect: new Float64Array(calibrationBins),
      },
    }),
  }
}

/**
 * Sums the users' statistics, user u counted weights[u] times, into `tally` (overwritten).
 *
 * @param weights [U]; all ones when absent
 */
export function tallyUsers(statistics: UserStatistics, tally: Tally, weights?: Int32Array): Tally {
  tally.seen = 0
  tally.unseen = 0
  tally.support.fill(0)
  tally.correct.fill(0)
  tally.predicted.fill(0)
  for (const column of Object.values(tally.scores ?? {})) column.fill(0)

  for (let user = 0; user < statistics.users.length; user += 1) {
    const weight = weights === undefined ? 1 : weights[user]
    if (weight === 0) continue
    tally.seen += weight * statistics.seen[user]
    tally.unseen += weight * statistics.unseen[user]
    for (let entry = statistics.classOffsets[user]; entry < statistics.classOffsets[user + 1]; entry += 1) {
      const id = statistics.classIds[entry]
      tally.support[id] += weight * statistics.support[entry]
      tally.correct[id] += weight * statistics.correct[entry]
      tally.predicted[id] += weight * statistics.predicted[entry]
    }
    if (statistics.scores && tally.scores) addUserScores(statistics.scores, tally.scores, user, weight)
  }
  return tally
}

function addUserScores(
  from: NonNullable<UserStatistics['scores']>,
  into: NonNullable<Tally['scores']>,
  user: number,
  weight: number,
): void {
  const at = user * scoreColumns.count
  for (let column = 0; column < scoreColumns.count; column += 1) into.sums[column] += weight * from.sums[at + column]
  for (let entry = from.binOffsets[user]; entry < from.binOffsets[user + 1]; entry += 1) {
    const bin = from.binIds[entry]
    into.binTargets[bin] += weight * from.binTargets[entry]
    into.binConfidence[bin] += weight * from.binConfidence[entry]
    into.binCorrect[bin] += weight * from.binCorrect[entry]
  }
}

/** Distinct users, ascending, and the rows of each: a counting sort that keeps the order of rows. */
function rowsByUser(user: Int32Array): { users: Int32Array; offsets: Int32Array; rows: Int32Array } {
  const users = Int32Array.from(new Set(user)).sort()
  const position = new Map<number, number>()
  users.forEach((id, index) => {
    position.set(id, index)
  })
  const offsets = new Int32Array(users.length + 1)
  const places = Int32Array.from(user, (id) => position.get(id)!)
  for (const place of places) offsets[place + 1] += 1
  for (let index = 1; index < offsets.length; index += 1) offsets[index] += offsets[index - 1]
  const next = offsets.slice()
  const rows = new Int32Array(user.length)
  for (let row = 0; row < user.length; row += 1) {
    rows[next[places[row]]] = row
    next[places[row]] += 1
  }
  return { users, offsets, rows }
}

/** Builds a sparse matrix row by row; each entry holds `width` (3) numbers that are summed by column id. */
class SparseRows {
  readonly #entryOf: Int32Array
  readonly #ids: number[] = []
  readonly #values: number[][]
  readonly #offsets: number[] = [0]

  constructor(columns: number, width: number) {
    this.#entryOf = new Int32Array(columns).fill(-1)
    this.#values = Array.from({ length: width }, () => [])
  }

  add(id: number, ...values: [number, number, number]): void {
    let entry = this.#entryOf[id]
    if (entry === -1) {
      entry = this.#ids.length
      this.#entryOf[id] = entry
      this.#ids.push(id)
      for (const column of this.#values) column.push(0)
    }
    for (let index = 0; index < values.length; index += 1) this.#values[index][entry] += values[index]
  }

  endRow(): void {
    const start = this.#offsets[this.#offsets.length - 1]
    for (let entry = start; entry < this.#ids.length; entry += 1) this.#entryOf[this.#ids[entry]] = -1
    this.#offsets.push(this.#ids.length)
  }

  offsets(): Int32Array {
    return Int32Array.from(this.#offsets)
  }

  ids(): Int32Array {
    return Int32Array.from(this.#ids)
  }

  columns(): Float64Array[] {
    return this.#values.map((column) => Float64Array.from(column))
  }
}
