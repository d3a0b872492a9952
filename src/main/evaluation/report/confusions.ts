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

const shownPairs = 30
const shownClasses = 20

/** Counts which class was predicted for which; memory is bounded by the number of targets, not V squared. */
export function confusions(predictions: Predictions): Confusions {
  const { counts, support } = countPairs(predictions)
  const pairs = [...counts]
    .map(([key, count]) => ({ ...decode(key, predictions.classes), count }))
    .filter(({ target, predicted }) => target !== predicted)
    .sort((a, b) => b.count - a.count || a.target - b.target || a.predicted - b.predicted)
    .slice(0, shownPairs)
    .map((pair) => ({ ...pair, share: pair.count / support.get(pair.target)! }))
  const classes = shownIn(pairs)
  const cells: Confusions['cells'] = []
  for (const [row, target] of classes.entries()) {
    for (const [column, predicted] of classes.entries()) {
      const count = counts.get(encode(target, predicted, predictions.classes)) ?? 0
      if (count > 0) cells.push([row, column, count, count / support.get(target)!])
    }
  }
  return { pairs, classes, cells }
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

function shownIn(pairs: readonly { target: number; predicted: number }[]): number[] {
  const classes = new Set<number>()
  for (const { target, predicted } of pairs) {
    for (const id of [target, predicted]) if (classes.size < shownClasses) classes.add(id)
  }
  return [...classes].sort((a, b) => a - b)
}

const encode = (target: number, predicted: number, classes: number) => target * classes + predicted
const decode = (key: number, classes: number) => ({ target: Math.floor(key / classes), predicted: key % classes })
