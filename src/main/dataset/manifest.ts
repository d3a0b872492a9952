import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type DatasetConfiguration, datasetConfiguration } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'

/** The file that describes a dataset directory. Everything in it follows from the events and the configuration: no dates, no machine. */

const count = z.int().min(0)

const manifestSchema = z.strictObject({
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
    /** Location ids in use, "unknown or rare" included. */
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
  }),
  /** First instants (UTC) of validation and test; null for leave-one-out. */
  boundaries: z.strictObject({ valid: z.string(), test: z.string() }).nullable(),
  files: z.record(z.string(), z.strictObject({ bytes: count, sha256: z.string() })),
})
export type DatasetManifest = z.infer<typeof manifestSchema>
export type DatasetCounts = DatasetManifest['counts']

export const manifestName = 'manifest.json'
export const columnsName = 'events.safetensors'
export const vocabularyName = 'vocabulary.safetensors'

/** JSON with sorted keys: equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : part,
  )
}

/** What makes two builds the same one: the configuration without its name. */
export function configurationText({ name: _name, ...configuration }: DatasetConfiguration): string {
  return canonicalJson(configuration)
}

/** SHA-256 of everything in the manifest but the dataset's name and the hash itself. */
export function contentHashOf(manifest: Omit<DatasetManifest, 'contentHash'>): string {
  const { contentHash: _hash, configuration, ...rest } = manifest as DatasetManifest
  const text = canonicalJson({ ...rest, configuration: configurationText(configuration) })
  return createHash('sha256').update(text).digest('hex')
}

/** A dataset's id: enough of its content hash. */
export function datasetId(contentHash: string): string {
  return contentHash.slice(0, 16)
}

/**
 * Reads a dataset's manifest and checks it against its own hash.
 * @throws WorkbenchError `corrupt` when it is not readable, `not-found` when there is none.
 */
export function readManifest(directory: string): DatasetManifest {
  const path = join(directory, manifestName)
  const parsed = manifestSchema.safeParse(parseJson(path))
  if (!parsed.success) throw damaged(path, z.prettifyError(parsed.error))
  if (contentHashOf(parsed.data) !== parsed.data.contentHash) throw damaged(path, 'it does not match its own hash')
  return parsed.data
}

function parseJson(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new WorkbenchError('not-found', `${path} cannot be read: the dataset is not there.`, rebuildHint, {
      cause: error,
    })
  }
  try {
    return JSON.parse(text)
  } catch {
    throw damaged(path, 'it is not JSON')
  }
}

const rebuildHint =
  'Remove its directory and build the dataset again with the same configuration: it comes out the same.'

function damaged(path: string, reason: string): WorkbenchError {
  return new WorkbenchError('corrupt', `${path} is damaged: ${reason}.`, rebuildHint)
}
