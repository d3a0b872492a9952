/**
 * How often each behaviour followed each in the training period, by rows: after behaviour a came `successors[i]` exactly `counts[i]` times, for i from
 * `offsets[a]` to `offsets[a + 1]`. Row V is that of the unknown behaviour.
 */
export interface TransitionCounts {
  /** First entry of each row, and the number of entries at the end: [V + 2]. */
  readonly offsets: Int32Array
  /** Class ids, ascending in each row: [entries]. */
  readonly successors: Int32Array
  /** At least 1: [entries]. */
  readonly counts: Int32Array
}
