import assert from 'node:assert'
import { cutoffs } from '../../shared/evaluation.ts'
import { groupNames } from '../../shared/long-tail.ts'
import { type Binning, type BinSums, type Bins, binnings, binsOf } from './calibration.ts'
import { isRanked, isScored, type Predictions, type ScoredPredictions } from './predictions.ts'

/** Sums over ranks kept per user: reciprocal rank, hits and gains per cutoff. */
export const rankColumns = {
  reciprocalRank: 0,
  hit: 1,
  gain: 1 + cutoffs.length,
  count: 1 + 2 * cutoffs.length,
} as const

/** Sums over probabilities kept per user: NLL, NLL per group, absolute error (NaN where classes have no order). */
export const scoreColumns = {
  nll: 0,
  groupNll: 1,
  absoluteError: 1 + groupNames.length,
  count: 2 + groupNames.length,
} as const

/** Sums over the bins of the top-1 probability by user: entries of user u are offsets[u] .. offsets[u + 1]. */
type UserBins = BinSums & Pick<Bins, 'edges'> & { readonly offsets: Int32Array; readonly ids: Int32Array }

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
  /** Absent where nothing is ranked: [U, rankColumns.count]. */
  readonly ranks?: Float64Array
  /** Absent where there are no probabilities. */
  readonly scores?: {
    /** [U, scoreColumns.count]. */
    readonly sums: Float64Array
    readonly bins: Readonly<Record<Binning, UserBins>>
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
  /** [rankColumns.count]. */
  readonly ranks?: Float64Array
  readonly scores?: {
    /** [scoreColumns.count]. */
    readonly sums: Float64Array
    readonly bins: Readonly<Record<Binning, BinSums & Pick<Bins, 'edges'>>>
  }
}

/**
 * Sums targets by user. The bins of equal count are those of these targets, and stay the same in every resample of them.
 *
 * @param groups group of each class, 0 head, 1 middle, 2 tail: [V]
 */
export function userStatistics(predictions: Predictions, groups: Uint8Array): UserStatistics {
  const { users, offsets, rows } = rowsByUser(predictions.user)
  const seen = new Float64Array(users.length)
  const unseen = new Float64Array(users.length)
  const classEntries = new SparseRows(predictions.classes, 3)
  const ranks = isRanked(predictions) ? new Float64Array(users.length * rankColumns.count) : undefined
  const scores = isScored(predictions) ? new ScoreCollector(predictions, users.length) : undefined

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
      if (ranks && isRanked(predictions)) addRank(ranks, user * rankColumns.count, predictions.rank[row])
      scores?.add(user, row, groups[target], right)
    }
    classEntries.endRow()
    scores?.endUser()
  }

  const [support, correct, predicted] = classEntries.columns()
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
    ...(ranks && { ranks }),
    ...(scores && { scores: scores.collected() }),
  }
}

function addRank(sums: Float64Array, at: number, rank: number): void {
  assert(rank >= 1, `a seen target has rank ${rank}`)
  sums[at + rankColumns.reciprocalRank] += 1 / rank
  for (let index = 0; index < cutoffs.length; index += 1) {
    if (rank > cutoffs[index]) continue
    sums[at + rankColumns.hit + index] += 1
    sums[at + rankColumns.gain + index] += 1 / Math.log2(rank + 1)
  }
}

/** Sums what probabilities say of each user's targets, user by user. */
class ScoreCollector {
  readonly #predictions: ScoredPredictions
  readonly #sums: Float64Array
  readonly #bins: Record<Binning, Bins>
  readonly #entries: Record<Binning, SparseRows>

  constructor(predictions: ScoredPredictions, users: number) {
    this.#predictions = predictions
    this.#sums = new Float64Array(users * scoreColumns.count)
    this.#bins = binsOf(predictions.confidence.filter((_, row) => predictions.target[row] < predictions.classes))
    this.#entries = byBinning((binning) => new SparseRows(this.#bins[binning].edges.length - 1, 3))
  }

  add(user: number, row: number, group: number, right: number): void {
    const { confidence, logProbability, absoluteError } = this.#predictions
    for (const binning of binnings) {
      this.#entries[binning].add(this.#bins[binning].of(confidence[row]), 1, confidence[row], right)
    }
    const at = user * scoreColumns.count
    this.#sums[at + scoreColumns.nll] -= logProbability[row]
    this.#sums[at + scoreColumns.groupNll + group] -= logProbability[row]
    this.#sums[at + scoreColumns.absoluteError] += absoluteError?.[row] ?? Number.NaN
  }

  endUser(): void {
    for (const binning of binnings) this.#entries[binning].endRow()
  }

  collected(): NonNullable<UserStatistics['scores']> {
    const bins = byBinning((binning) => {
      const entries = this.#entries[binning]
      const [targets, confidence, correct] = entries.columns()
      const { edges } = this.#bins[binning]
      return { edges, offsets: entries.offsets(), ids: entries.ids(), targets, confidence, correct }
    })
    return { sums: this.#sums, bins }
  }
}

function byBinning<Value>(make: (binning: Binning) => Value): Record<Binning, Value> {
  return { equalWidth: make('equalWidth'), equalCount: make('equalCount') }
}

/** An empty tally that fits the statistics. */
export function emptyTally(statistics: UserStatistics): Tally {
  return {
    seen: 0,
    unseen: 0,
    support: new Float64Array(statistics.classes),
    correct: new Float64Array(statistics.classes),
    predicted: new Float64Array(statistics.classes),
    ...(statistics.ranks && { ranks: new Float64Array(rankColumns.count) }),
    ...(statistics.scores && {
      scores: {
        sums: new Float64Array(scoreColumns.count),
        bins: byBinning((binning) => emptyBins(statistics.scores!.bins[binning].edges)),
      },
    }),
  }
}

function emptyBins(edges: Float64Array): BinSums & Pick<Bins, 'edges'> {
  const column = () => new Float64Array(edges.length - 1)
  return { edges, targets: column(), confidence: column(), correct: column() }
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
  tally.ranks?.fill(0)
  tally.scores?.sums.fill(0)
  for (const { targets, confidence, correct } of Object.values(tally.scores?.bins ?? {})) {
    for (const column of [targets, confidence, correct]) column.fill(0)
  }

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
    if (statistics.ranks && tally.ranks) addUserSums(statistics.ranks, tally.ranks, user, weight)
    if (statistics.scores && tally.scores) {
      addUserSums(statistics.scores.sums, tally.scores.sums, user, weight)
      for (const binning of binnings)
        addUserBins(statistics.scores.bins[binning], tally.scores.bins[binning], user, weight)
    }
  }
  return tally
}

/** @param from [U, columns] @param into [columns] */
function addUserSums(from: Float64Array, into: Float64Array, user: number, weight: number): void {
  const at = user * into.length
  for (let column = 0; column < into.length; column += 1) into[column] += weight * from[at + column]
}

function addUserBins(from: UserBins, into: BinSums, user: number, weight: number): void {
  for (let entry = from.offsets[user]; entry < from.offsets[user + 1]; entry += 1) {
    const bin = from.ids[entry]
    into.targets[bin] += weight * from.targets[entry]
    into.confidence[bin] += weight * from.confidence[entry]
    into.correct[bin] += weight * from.correct[entry]
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
