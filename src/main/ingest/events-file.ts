import { throwIfCancelled } from '../../shared/errors.ts'
import type { EventsFile } from '../../shared/logs.ts'
import { phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import { localTimeText } from '../dataset/calendar.ts'
import { noLocation, rememberNames } from '../storage/dictionaries.ts'
import { readEventBatches } from '../storage/events.ts'
import { sourcesOf } from '../storage/sources.ts'
import { type FileCell, type FileColumn, writeTableFile } from '../storage/table-file.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import { ProgressMeter } from './progress-meter.ts'

/**
 * Writes the events of some sources (all when none is named) to a CSV or Parquet file, as its ending says, user by user, oldest first. `time` is local, as the pages show it;
 * `utc_offset_minutes` leads to the instant. The columns user, time, event and location are what an import looks for. Memory stays bounded, however many events there are;
 * a cancellation leaves an older file of that name as it was.
 * @throws WorkbenchError `not-found` for an unknown source, `usage` for another ending, `storage` when the disk refuses, `cancelled`.
 */
export async function exportEvents(
  workspace: ReadWorkspace,
  { sources: names, output }: { sources: readonly string[]; output: string },
  context: JobContext,
): Promise<EventsFile> {
  const { database, temporary } = workspace
  const sources = sourcesOf(database, { sources: names })
  const events = sources.reduce((sum, source) => sum + source.events, 0)
  const meter = new ProgressMeter(context, 'events')
  const labels = new Map(sources.map((source) => [source.id, [source.name, String(source.simulated)] as const]))
  const nameOf = rememberNames(database)

  function* rows(): Generator<FileCell[]> {
    let written = 0
    for (const batch of readEventBatches(database, { sources: names })) {
      throwIfCancelled(context.signal)
      for (const [user, time, behaviour, location, instant, source] of batch) {
        yield [
          nameOf('users', user),
          localTimeText(time),
          (time - instant) / 60_000,
          nameOf('behaviours', behaviour),
          location === noLocation ? null : nameOf('locations', location),
          ...labels.get(source)!,
        ]
      }
      written += batch.length
      meter.report(phrase`writing ${output}`, written, events)
    }
  }

  await writeTableFile(output, columns, rows(), temporary)
  return { output, events }
}

const columns: readonly FileColumn[] = [
  { name: 'user', type: 'text' },
  { name: 'time', type: 'text' },
  { name: 'utc_offset_minutes', type: 'integer' },
  { name: 'event', type: 'text' },
  { name: 'location', type: 'text' },
  { name: 'source', type: 'text' },
  { name: 'simulated', type: 'text' },
]
