import { z } from 'zod'
import { datasetConfiguration } from './configuration.ts'
import { type ReviewTaxonomy, reviewTaxonomy } from './taxonomy.ts'

/** Number of things. */
const count = z.int().min(0)

export const datasetManifest = z.strictObject({
  format: z.literal('behavegpt-dataset'),
  version: z.literal(1),
  /** SHA-256 over the rest of this document without the dataset's name: so over configuration, counts and the files' hashes. */
  contentHash: z.string().regex(/^[0-9a-f]{64}$/),
  configuration: datasetConfiguration,
  simulated: z.boolean(),
  /** How the log was simulated, when its only source was; see simulation/. */
  simulation: z.record(z.string(), z.unknown()).nullable(),
  counts: z.strictObject({
    events: count,
    users: count,
    /** V, behaviours seen in the training period. */
    behaviours: count,
    /** Locations with an id of their own, besides "unknown or rare". */
    locations: count,
    /** Events by the period they lie in. */
    eventsBySplit: z.strictObject({ train: count, valid: count, test: count }),
    /** Events that are predicted: all but each user's first. Includes unseen ones. */
    targets: z.strictObject({ train: count, valid: count, test: count }),
    /** Targets whose behaviour never occurs in the training period. */
    unseenTargets: z.strictObject({ valid: count, test: count }),
    unseenBehaviours: count,
    /** Windows of the configured length that cover the training targets. */
    sequences: count,
    /** Locations with too few training events, and how many events lost theirs. */
    foldedLocations: count,
    foldedLocationEvents: count,
    /** Users with too few events, and how many events left with them. */
    droppedUsers: count,
    droppedEvents: count,
    /** Events that repeat user, instant, behaviour and location of another one, from another source. */
    duplicates: count,
    /** Events that reviews left out; absent where none were asked. */
    excludedEvents: count.optional(),
  }),
  /** First instants (UTC) of validation and test; null for leave-one-out. */
  boundaries: z.strictObject({ valid: z.string(), test: z.string() }).nullable(),
  files: z.record(z.string(), z.strictObject({ bytes: count, sha256: z.string() })),
})

/** A file that a source was imported from. */
const lineageFile = z.object({ path: z.string(), sha256: z.string(), size: count })

/** The sources of a dataset as they were when it was built. A file beside the manifest, outside the content hash: the same events may come from other files. */
export const datasetLineage = z.array(
  z.object({
    name: z.string(),
    simulated: z.boolean(),
    events: count,
    timeZone: z.string(),
    /** Local wall-clock milliseconds, read as UTC. */
    firstTime: z.number().nullable(),
    lastTime: z.number().nullable(),
    files: z.array(lineageFile),
  }),
)

/** Of a dataset whose rules a review gave: what it said and when. A file beside the manifest as well: the same rules may be another review's, or a person's own. */
export const taxonomyOrigin = reviewTaxonomy.extend({
  /** ISO-8601, UTC. */
  readAt: z.string(),
})
export type TaxonomyOrigin = z.infer<typeof taxonomyOrigin>

/** Where a dataset's events come from, and the names of its behaviours. */
export interface Lineage {
  /** False for a dataset of before this was recorded: then these are the sources that the workspace has now. */
  recorded: boolean
  /** `now`: the number of the source of these files that the workspace has now, null where it has none any more. */
  sources: (z.infer<typeof datasetLineage>[number] & { now: number | null })[]
  /** The review that the rules of the taxonomy are of, and whether the workspace still has it; null where they are of none. */
  taxonomy: (TaxonomyOrigin & { now: boolean }) | null
}

/** Events on a time axis of local days, by the period that they lie in. */
export interface Timeline {
  /** Local midnight of the first bin: milliseconds, read as UTC. */
  start: number
  /** Whole days in a bin. */
  binDays: number
  /** Events of each bin: [bins] each. */
  train: number[]
  valid: number[]
  test: number[]
  /**
   * Of a split by time, where validation and test begin: the local time (milliseconds, read as UTC) of their earliest event on this axis. The split itself is at
   * instants, so periods `overlap` by local time where sources have several zones or clocks were set back. Null for leave-one-out.
   */
  periods: { valid: number; test: number; overlap: boolean } | null
}

/** What a build would give. */
export interface DatasetPreview {
  /** Estimates where `sample` is not null. */
  counts: DatasetCounts
  timeline: Timeline
  /** Rules of the taxonomy that name behaviours which the log does not have. */
  unusedRules: string[]
  /** Where a review gives the rules: what it says now. */
  taxonomy: ReviewTaxonomy | null
  /** Of a log too long to be read whole: whom the estimates rest on. Null where everything was counted. */
  sample: { users: number; ofUsers: number; events: number; ofEvents: number } | null
}

/** A dataset on the page's list. */
export interface ListedDataset extends DatasetRecord {
  /** Size of its folder. */
  bytes: number
  /** How many runs were trained on it. */
  runs: number
}

/** A dataset as the database lists it. */
export interface DatasetRecord {
  id: string
  /** Sorted; the first is shown. */
  names: string[]
  contentHash: string
  /** The configuration without its name, as canonical JSON. */
  configuration: string
  counts: Record<string, unknown>
  simulated: boolean
  /** ISO-8601, UTC. */
  createdAt: string
}

export type DatasetManifest = z.infer<typeof datasetManifest>

export type DatasetCounts = DatasetManifest['counts']
