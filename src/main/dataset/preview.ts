import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatasetOptions } from '../../shared/configuration.ts'
import type { DatasetPreview } from '../../shared/datasets.ts'
import type { JobContext } from '../../shared/progress.ts'
import { makeDirectory, removeStaleTemporaries, withTemporaryDirectory } from '../storage/files.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import { countsOf, emptyTraining, nothingLeft, readLogNames } from './build.ts'
import { CollectedEvents, collectEvents } from './collect.ts'
import { resolveExclusions } from './exclusions.ts'
import { findPeriods } from './periods.ts'
import { drawSample, type Sample, scaleCounts } from './sample.ts'
import { type ResolvedConfiguration, resolveTaxonomy } from './taxonomy.ts'
import { TimelineCounter } from './timeline.ts'
import { learnVocabulary } from './vocabulary.ts'
import { countDataset } from './write.ts'

/** Logs of more events than this are not read whole: the preview is to answer in seconds. */
const mostEvents = 1_000_000

/**
 * What a build of this configuration would give, by the build's own steps without its files. A log of more than `limit` events is represented by all
 * events of a sample of its users, the same one every time, and the counts are estimates.
 * @throws WorkbenchError as `buildDataset`, for a configuration that cannot be built.
 */
export async function previewDataset(
  workspace: ReadWorkspace,
  options: DatasetOptions,
  context: JobContext,
  limit = mostEvents,
): Promise<DatasetPreview> {
  // Not in the workspace, which may be on a read-only disk. Previews are killed when they are overtaken, and then leave their files to the next one.
  const place = join(tmpdir(), 'behavegpt')
  makeDirectory(place)
  removeStaleTemporaries(place)
  return withTemporaryDirectory(place, 'preview', (scratch) =>
    previewIn(scratch, workspace, resolveTaxonomy(workspace.database, options), context, limit),
  )
}

async function previewIn(
  scratch: string,
  workspace: ReadWorkspace,
  { configuration, taxonomy }: ResolvedConfiguration,
  context: JobContext,
  limit: number,
): Promise<DatasetPreview> {
  using events = new CollectedEvents(scratch)
  const sample = drawSample(workspace.database, configuration, limit)
  const exclusions = resolveExclusions(workspace.database, configuration)
  await collectEvents(workspace, configuration, exclusions, events, context, sample?.reading)
  if (events.length === 0) throw nothingLeft(events, configuration)
  const periods = findPeriods(events, configuration.split)
  const names = readLogNames(workspace, configuration, context)
  const vocabulary = await learnVocabulary(events, periods, names, configuration.minimumLocationEvents, context)
  if (vocabulary.behaviours.names.length === 0) throw emptyTraining()
  const timeline = new TimelineCounter()
  const written = await countDataset(
    { events, periods, names, vocabulary, configuration },
    ({ local, split, length }) => timeline.add(local, split, length),
    context,
  )
  const counts = countsOf({ events, vocabulary, configuration }, written)
  return {
    counts: sample === undefined ? counts : scaleCounts(workspace.database, configuration, counts, sample, names),
    timeline: timeline.timeline(configuration.split.kind, sample?.eventScale),
    unusedRules: names.behaviours.unusedRules,
    taxonomy,
    sample: sample === undefined ? null : describe(sample),
  }
}

function describe({ users, ofUsers, events, ofEvents }: Sample): DatasetPreview['sample'] {
  return { users, ofUsers, events, ofEvents }
}
