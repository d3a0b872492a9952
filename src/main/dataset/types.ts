import type { DatasetConfiguration } from '../../shared/configuration.ts'

/** Which period an event belongs to as a target. */
export type Split = 'train' | 'valid' | 'test'
export const splitCode = { train: 0, valid: 1, test: 2 } as const satisfies Record<Split, number>

/**
 * An immutable dataset on disk, opened. Events are stored once, user after user, in order of time; sequences are windows over them.
 *
 * Class ids, input token ids and logits share one numbering: 0..V-1 are the behaviours seen in the training period, most frequent
 * first; V is "unknown" (a behaviour never seen in training); V + 1 is padding. Logits have V columns.
 */
export interface Dataset {
  readonly id: string
  readonly name: string
  readonly directory: string
  readonly configuration: DatasetConfiguration
  /** SHA-256 over vocabulary, configuration and columns. */
  readonly contentHash: string
  /** True when any source is simulated: every report says so. */
  readonly simulated: boolean
  /** V names, by class id. */
  readonly behaviours: readonly string[]
  /** Number of training events of each class: [V]. */
  readonly trainingCounts: Float64Array
  /** Names by location id; id 0 is "unknown or rare" and has the empty name. */
  readonly locations: readonly string[]
  readonly slotsPerDay: number
  readonly users: readonly string[]
  /** First event of each user, and the number of events at the end: [users + 1]. */
  readonly userOffsets: Float64Array
  readonly columns: {
    /** Class id, or V for unknown: [events]. */
    readonly behaviour: Int32Array
    readonly location: Int32Array
    /** 0 = Monday. */
    readonly weekday: Uint8Array
    readonly slot: Uint16Array
    /** Milliseconds since 1970, local wall-clock time read as UTC. */
    readonly time: Float64Array
    /** splitCode of the event as a target; the first event of a user is never a target. */
    readonly split: Uint8Array
  }
  /** Names of the behaviours behind unknown events, by event index: [[event, name]], for reports. */
  unseenBehaviour(event: number): string | undefined
}

/**
 * One training or evaluation batch; B sequences of I positions, right-padded. Field names are the training graph's input names.
 * Position i sees events up to i and predicts the event after it.
 */
export interface Batch {
  readonly size: number
  readonly length: number
  /** Token ids, V + 1 where padded: [B, I]. */
  readonly behaviour: Int32Array
  readonly location: Int32Array
  readonly weekday: Int32Array
  readonly slot: Int32Array
  /** Slot and weekday of the event to predict, for models with target time: [B, I]. */
  readonly targetWeekday: Int32Array
  readonly targetSlot: Int32Array
  /** Class id of the event to predict; V when unseen in training (never trained on, counted as a miss); 0 where nothing is predicted: [B, I]. */
  readonly target: Int32Array
  /** 1 where the target counts, 0 where it does not (padding, other split, unseen, context only): [B, I]. */
  readonly counted: Float32Array
  /** What the habit memories of src/shared/habit.ts hold before the window's first event; the first counts plainly: [B, K, V]. */
  readonly priorCounts: Float32Array
  /** Index of the user of each sequence: [B]; -1 for an empty row. */
  readonly user: Int32Array
  /** Index in the dataset of the event to predict, -1 where nothing is predicted; includes unseen targets: [B, I]. */
  readonly event: Int32Array
  /** Bucket of the time gap before each event, G for the first of the row, for models with a gap head: [B, I]. Only in batches that were asked for what extra heads need. */
  readonly gapBefore?: Int32Array
  /** For training the extra heads of a model; likewise. */
  readonly heads?: {
    /** Where the events were, whatever the location dropout hides in `location`: [B, I]. */
    readonly visited: Int32Array
    /** Location of the event to predict, and bucket of the gap before it; 0 where nothing is predicted: [B, I]. */
    readonly location: Int32Array
    readonly gap: Int32Array
  }
}
