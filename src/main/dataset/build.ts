import { existsSync } from 'node:fs'
import { mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatasetConfiguration, DatasetOptions } from '../../shared/configuration.ts'
import type { DatasetCounts, DatasetManifest } from '../../shared/datasets.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { atTerminal, phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import type { ReviewTaxonomy } from '../../shared/taxonomy.ts'
import { findDataset, findSimulation, insertDataset, nameTaken } from '../storage/datasets.ts'
import { readNames } from '../storage/dictionaries.ts'
import { createDirectoryAtomic, withTemporaryDirectory } from '../storage/files.ts'
import { withLock } from '../storage/locks.ts'
import { hashFile } from '../storage/safetensors.ts'
import { logsLock } from '../storage/source-removal.ts'
import { sourcesOf } from '../storage/sources.ts'
import type { ReadWorkspace, WriteWorkspace } from '../storage/workspace.ts'
import { formatLocalTime } from './calendar.ts'
import { CollectedEvents, collectEvents, eventFilter } from './collect.ts'
import { type Exclusions, excludedName, resolveExclusions } from './exclusions.ts'
import { writeLineage } from './lineage.ts'
import { columnsName, configurationText, contentHashOf, datasetId, manifestName, vocabularyName } from './manifest.ts'
import { openDirectory } from './open.ts'
import { findPeriods, type Periods } from './periods.ts'
import { type ResolvedConfiguration, resolveTaxonomy } from './taxonomy.ts'
import { type LogNames, learnVocabulary, mergeBehaviours } from './vocabulary.ts'
import { type DatasetContent, type WrittenCounts, writeDatasetFiles } from './write.ts'

export interface BuildResult {
  id: string
  name: string
  contentHash: string
  directory: string
  counts: DatasetCounts
  simulated: boolean
  /** What the review says that gave the rules of the taxonomy; null where none did. */
  taxonomy: ReviewTaxonomy | null
  /** True when the same configuration over the same events had been built already. */
  existed: boolean
}

/**
 * Builds a dataset from the workspace's events: a few passes in memory that grows with users and names, not with events; written to a temporary directory and
 * renamed. The same configuration over the same events gives the same bytes, and building it again finds the first one; another name then becomes a second name.
 *
 * `minimumEvents` counts a user's events of all periods; everything else that is learnt comes from the training period alone.
 *
 * @throws WorkbenchError `input` when no events are left, a period of the split is empty or a review renames nothing, `conflict` when the name belongs to a dataset of other content,
 * `not-found` for an unknown source, review or label, `usage` for a malformed time, `locked` while another process imports or builds, `storage` when the disk refuses, `cancelled`.
 */
export async function buildDataset(
  workspace: WriteWorkspace,
  options: DatasetOptions,
  context: JobContext,
): Promise<BuildResult> {
  const resolved = resolveTaxonomy(workspace.database, options)
  const { configuration } = resolved
  eventFilter(configuration)
  refuseTakenName(workspace, configuration)
  // Names are looked up after the events are read: no source may come or go in between.
  return withLock(workspace.database, logsLock, phrase`building the dataset ${configuration.name}`, () =>
    withTemporaryDirectory(workspace.temporary, 'dataset', (scratch) => buildIn(scratch, workspace, resolved, context)),
  )
}

async function buildIn(
  scratch: string,
  workspace: WriteWorkspace,
  { configuration, taxonomy }: ResolvedConfiguration,
  context: JobContext,
): Promise<BuildResult> {
  using events = new CollectedEvents(scratch)
  const exclusions = resolveExclusions(workspace.database, configuration)
  await collectEvents(workspace, configuration, exclusions, events, context)
  if (events.length === 0) throw nothingLeft(events, configuration)
  const draft = join(scratch, 'dataset')
  await mkdir(draft)
  const manifest = await writeDraft(draft, workspace, configuration, exclusions, events, context)
  const { contentHash, counts, simulated } = manifest
  const id = datasetId(contentHash)
  const holder = findDataset(workspace.database, configuration.name)
  if (holder !== undefined && holder.id !== id) throw nameTaken(configuration.name, holder.id)
  const beside = await writeLineage(draft, workspace.database, configuration, taxonomy)
  const existed = await publish(draft, manifest, beside, workspace, context)
  insertDataset(
    workspace.database,
    { id, contentHash, configuration: configurationText(configuration), counts, simulated },
    configuration.name,
  )
  return {
    id,
    name: configuration.name,
    contentHash,
    directory: join(workspace.datasets, id),
    counts,
    simulated,
    taxonomy,
    existed,
  }
}

/** Spares the work of a build that could not take its name in the end. */
function refuseTakenName(workspace: ReadWorkspace, configuration: DatasetConfiguration): void {
  const holder = findDataset(workspace.database, configuration.name)
  if (holder !== undefined && holder.configuration !== configurationText(configuration)) {
    throw nameTaken(configuration.name, holder.id)
  }
}

/** The error of a configuration that leaves no events. */
export function nothingLeft(events: CollectedEvents, configuration: DatasetConfiguration): WorkbenchError {
  const { droppedUsers, droppedEvents } = events
  if (droppedUsers === 0) {
    return new WorkbenchError(
      'input',
      phrase`The chosen sources and times hold no events.`,
      phrase`Import a log first, or widen the filters.`,
    )
  }
  return new WorkbenchError(
    'input',
    droppedUsers === 1
      ? phrase`No user has ${configuration.minimumEvents} events: the only one has ${droppedEvents}, and was left out.`
      : phrase`No user has ${configuration.minimumEvents} events: all ${droppedUsers} users with ${droppedEvents} events were left out.`,
    phrase`Ask for fewer events per user${atTerminal('--min-events')}.`,
  )
}

/** Writes everything of a dataset into `draft`. */
async function writeDraft(
  draft: string,
  workspace: ReadWorkspace,
  configuration: DatasetConfiguration,
  exclusions: Exclusions,
  events: CollectedEvents,
  context: JobContext,
): Promise<DatasetManifest> {
  const periods = findPeriods(events, configuration.split)
  const names = readLogNames(workspace, configuration, context)
  const vocabulary = await learnVocabulary(events, periods, names, configuration.minimumLocationEvents, context)
  if (vocabulary.behaviours.names.length === 0) throw emptyTraining()
  const users = readNames(workspace.database, 'users')
  const content = { events, periods, names, vocabulary, users, configuration }
  const written = await writeDatasetFiles(draft, content, context)
  const isReviewed = configuration.excludeReviewed !== undefined
  if (isReviewed) await writeFile(join(draft, excludedName), exclusions.text())
  const counts = countsOf(content, written)
  const manifest = await describe(draft, workspace, configuration, periods, counts)
  await writeFile(join(draft, manifestName), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

/** What a dataset holds, and what its configuration left out: `written` is what writing or counting its files told. */
export function countsOf(
  { events, vocabulary, configuration }: Pick<DatasetContent, 'events' | 'vocabulary' | 'configuration'>,
  written: WrittenCounts,
): DatasetCounts {
  return {
    events: events.length,
    users: events.users.length,
    behaviours: vocabulary.behaviours.names.length,
    locations: vocabulary.locations.names.length,
    ...written,
    foldedLocations: vocabulary.foldedLocations,
    droppedUsers: events.droppedUsers,
    droppedEvents: events.droppedEvents,
    duplicates: events.duplicates,
    ...(configuration.excludeReviewed !== undefined && { excludedEvents: events.excludedEvents }),
  }
}

/** Names of the log under a configuration's taxonomy. */
export function readLogNames(
  workspace: ReadWorkspace,
  configuration: DatasetConfiguration,
  context: JobContext,
): LogNames {
  const behaviours = mergeBehaviours(readNames(workspace.database, 'behaviours'), configuration.taxonomy)
  if (behaviours.unusedRules.length > 0) {
    const shown = behaviours.unusedRules.slice(0, 5)
    context.warn(
      behaviours.unusedRules.length === 1
        ? phrase`1 rule of the taxonomy names a behaviour that the log does not have: ${shown}`
        : phrase`${behaviours.unusedRules.length} rules of the taxonomy name behaviours that the log does not have: ${shown}`,
    )
  }
  return { behaviours, locations: readNames(workspace.database, 'locations') }
}

async function describe(
  draft: string,
  workspace: ReadWorkspace,
  configuration: DatasetConfiguration,
  periods: Periods,
  counts: DatasetCounts,
): Promise<DatasetManifest> {
  const { database } = workspace
  const sources = sourcesOf(database, configuration)
  const files: DatasetManifest['files'] = {}
  const isReviewed = configuration.excludeReviewed !== undefined
  for (const name of [columnsName, vocabularyName, ...(isReviewed ? [excludedName] : [])]) {
    files[name] = { bytes: (await stat(join(draft, name))).size, sha256: hashFile(join(draft, name)) }
  }
  const manifest = {
    format: 'behavegpt-dataset' as const,
    version: 1 as const,
    configuration,
    simulated: sources.some((source) => source.simulated),
    simulation: sources.length === 1 ? (findSimulation(database, sources[0].id) ?? null) : null,
    counts,
    boundaries: describeBoundaries(periods),
    files,
  }
  return { ...manifest, contentHash: contentHashOf(manifest) }
}

/** Where the periods of a split by time begin, as the manifest says it. */
function describeBoundaries(periods: Periods): DatasetManifest['boundaries'] {
  if (periods.kind !== 'time') return null
  const { boundaries } = periods
  return { valid: formatLocalTime(boundaries.valid), test: formatLocalTime(boundaries.test) }
}

/**
 * Gives a draft its final place, unless the same dataset is there and intact.
 * @param beside names of the files that are no part of the content.
 * @returns true when it was.
 */
async function publish(
  draft: string,
  { contentHash, files }: DatasetManifest,
  beside: readonly string[],
  workspace: ReadWorkspace,
  context: JobContext,
): Promise<boolean> {
  const id = datasetId(contentHash)
  const directory = join(workspace.datasets, id)
  const isThere = existsSync(directory)
  if (isThere && isIntact(directory)) return findDataset(workspace.database, id) !== undefined
  if (isThere) context.warn(phrase`The dataset in ${directory} was damaged and has been replaced.`)
  await createDirectoryAtomic(
    directory,
    async (temporary) => {
      for (const name of [...Object.keys(files), ...beside, manifestName])
        await rename(join(draft, name), join(temporary, name))
    },
    { replace: isThere },
  )
  return false
}

function isIntact(directory: string): boolean {
  try {
    openDirectory(directory, { verify: true })
    return true
  } catch (error) {
    if (error instanceof WorkbenchError && (error.code === 'corrupt' || error.code === 'not-found')) return false
    throw error
  }
}

/** The error of a split whose training period is empty. */
export function emptyTraining(): WorkbenchError {
  return new WorkbenchError(
    'input',
    phrase`The training period holds no events.`,
    phrase`Give it a larger share of the split.`,
  )
}
