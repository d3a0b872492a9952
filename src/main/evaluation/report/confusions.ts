import { isSeen, type Predictions } from '../predictions.ts'

/** A behaviour that was taken for another. */
export interface ConfusedPair {
  target: number
  predicted: number
  count: number
  /** count / support of the target. */
  share: number
}

/** The confusions worth a picture: the most frequent pairs, and the matrix over the classes in them. */
export interface Confusions {
  /** Most frequent first. */
  pairs: ConfusedPair[]
  /** Class ids of the matrix, most frequent in training first. */
  classes: number[]
  /** Non-zero cells, the diagonal included: [row in classes, column in classes, count, share of the row's support]. */
  cells: [number, number, number, number][]
}

/** Confusions with how many there are in all. */
export interface CountedConfusions extends Confusions {
  /** Targets of each class of the matrix. */
  targets: number[]
  /** Different pairs. */
  totalPairs: number
  /** Targets of seen behaviours that were predicted wrong. */
  errors: number
}

/** So much of the confusions as a report shows. */
export function confusions(predictions: Predictions): Confusions {
  const { pairs, classes, cells } = countConfusions(predictions, { pairs: 30, classes: 20 })
  return { pairs, classes, cells }
}

/**
 * Counts which class was predicted for which; memory is bounded by the number of targets, not V squared.
 * @param most pairs to list, and classes of the matrix, which are those of the most frequent pairs.
 */
export function countConfusions(predictions: Predictions, most: { pairs: number; classes: number }): CountedConfusions {
  const { counts, support } = countPairs(predictions)
  const confused = [...counts]
    .map(([key, count]) => ({ ...decode(key, predictions.classes), count }))
    .filter(({ target, predicted }) => target !== predicted)
    .sort((a, b) => b.count - a.count || a.target - b.target || a.predicted - b.predicted)
  const pairs = confused
    .slice(0, most.pairs)
    .map((pair) => ({ ...pair, share: pair.count / support.get(pair.target)! }))
  const classes = shownIn(pairs, most.classes)
  const cells: Confusions['cells'] = []
  for (const [row, target] of classes.entries()) {
    for (const [column, predicted] of classes.entries()) {
      const count = counts.get(encode(target, predicted, predictions.classes)) ?? 0
      if (count > 0) cells.push([row, column, count, count / support.get(target)!])
    }
  }
  const errors = confused.reduce((sum, { count }) => sum + count, 0)
  const targets = classes.map((id) => support.get(id) ?? 0)
  return { pairs, classes, targets, cells, totalPairs: confused.length, errors }
}

function countPairs(predictions: Predictions) {
  const counts = new Map<number, number>()
  const support = new Map<number, number>()
  for (let row = 0; row < predictions.event.length; row += 1) {
    if (!isSeen(predictions, row)) continue
    const target = predictions.target[row]
    const key = encode(target, predictions.predicted[row], predictions.classes)
    counts.set(key, (counts.get(key) ?? 0) + 1)
    support.set(target, (support.get(target) ?? 0) + 1)
  }
  return { counts, support }
}

function shownIn(pairs: readonly { target: number; predicted: number }[], most: number): number[] {
  const classes = new Set<number>()
  for (const { target, predicted } of pairs) {
    for (const id of [target, predicted]) if (classes.size < most) classes.add(id)
  }
  return [...classes].sort((a, b) => a - b)
}

const encode = (target: number, predicted: number, classes: number) => target * classes + predicted
const decode = (key: number, classes: number) => ({ target: Math.floor(key / classes), predicted: key % classes })
