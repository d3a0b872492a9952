import type { Dataset } from './types.ts'

/**
 * Counts of a user's behaviours before any event, over the whole history. Long histories are counted once, with a snapshot every some thousand events, so that
 * one count costs no more than reading a stretch between two snapshots however long the history is.
 */
export interface PriorCounter {
  /** Adds to `counts` [V] how often the user of `start` did each behaviour in the events [start, end). Unknown behaviours are not counted. */
  count(start: number, end: number, counts: Float32Array): void
}

const known = new WeakMap<Dataset, PriorCounter>()

/** Snapshots are made when a user's history is first needed and kept: at most a byte per event of a history longer than a stretch. */
export function priorCounter(dataset: Dataset): PriorCounter {
  const existing = known.get(dataset)
  if (existing !== undefined) return existing
  const made = new SnapshotCounter(dataset.columns.behaviour, dataset.behaviours.length)
  known.set(dataset, made)
  return made
}

class SnapshotCounter implements PriorCounter {
  readonly #behaviour: Int32Array
  readonly #classes: number
  /** Events between two snapshots: wide vocabularies have wide snapshots, so fewer. */
  readonly #stride: number
  /** By first event of the history: the counts after 1, 2, ... strides. */
  readonly #snapshots = new Map<number, Float32Array[]>()

  constructor(behaviour: Int32Array, classes: number) {
    this.#behaviour = behaviour
    this.#classes = classes
    this.#stride = Math.max(4096, 4 * classes)
  }

  count(start: number, end: number, counts: Float32Array): void {
    const strides = Math.floor((end - start) / this.#stride)
    if (strides > 0) {
      const snapshot = this.#snapshotsUpTo(start, strides)[strides - 1]
      for (let id = 0; id < this.#classes; id++) counts[id] += snapshot[id]
    }
    this.#add(start + strides * this.#stride, end, counts)
  }

  #snapshotsUpTo(start: number, strides: number): Float32Array[] {
    const snapshots = this.#snapshots.get(start) ?? []
    this.#snapshots.set(start, snapshots)
    while (snapshots.length < strides) {
      const previous = snapshots.at(-1)
      const next = previous === undefined ? new Float32Array(this.#classes) : previous.slice()
      const from = start + snapshots.length * this.#stride
      this.#add(from, from + this.#stride, next)
      snapshots.push(next)
    }
    return snapshots
  }

  #add(from: number, to: number, counts: Float32Array): void {
    for (let event = from; event < to; event++) {
      const behaviour = this.#behaviour[event]
      if (behaviour < this.#classes) counts[behaviour]++
    }
  }
}
