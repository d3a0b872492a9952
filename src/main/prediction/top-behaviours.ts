import assert from 'node:assert'

export interface TopBehaviours {
  /** Class ids, most probable first; equal logits in order of class id. */
  classes: number[]
  /** softmax(logits)[class] of each, computed in float64. */
  probabilities: number[]
  /** Probability of all other classes together. */
  remaining: number
}

/**
 * The `count` classes with the largest logits and their softmax probabilities p_c = exp(z_c - max z) / sum exp(z - max z).
 * `logits` [V], all finite; lists all V when `count` is larger.
 */
export function topBehaviours(logits: Float32Array, count: number): TopBehaviours {
  assert(logits.length > 0 && count >= 1, `top ${count} of ${logits.length} logits`)
  let largest = Number.NEGATIVE_INFINITY
  for (const logit of logits) if (logit > largest) largest = logit
  let sum = 0
  for (const logit of logits) sum += Math.exp(logit - largest)
  assert(Number.isFinite(sum), 'logits are finite')

  const classes = largestIndexes(logits, Math.min(count, logits.length))
  const probabilities = classes.map((index) => Math.exp(logits[index] - largest) / sum)
  const listed = new Set(classes)
  let rest = 0
  for (let index = 0; index < logits.length; index++) {
    if (!listed.has(index)) rest += Math.exp(logits[index] - largest)
  }
  return { classes, probabilities, remaining: rest / sum }
}

/** Indexes of the `count` largest values in descending order, ties by index: a min-heap of the best so far, O(V log count). */
function largestIndexes(values: Float32Array, count: number): number[] {
  const isWorse = (left: number, right: number) =>
    values[left] < values[right] || (values[left] === values[right] && left > right)
  const heap: number[] = []
  const siftDown = (start: number) => {
    let parent = start
    for (;;) {
      let worst = parent
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < heap.length && isWorse(heap[child], heap[worst])) worst = child
      }
      if (worst === parent) return
      ;[heap[parent], heap[worst]] = [heap[worst], heap[parent]]
      parent = worst
    }
  }
  for (let index = 0; index < values.length; index++) {
    if (heap.length < count) {
      heap.push(index)
      if (heap.length === count) for (let start = (count >> 1) - 1; start >= 0; start--) siftDown(start)
    } else if (isWorse(heap[0], index)) {
      heap[0] = index
      siftDown(0)
    }
  }
  return heap.sort((left, right) => (isWorse(left, right) ? 1 : -1))
}
