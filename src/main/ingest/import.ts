import { strict as assert } from 'node:assert'
import { type ImportOptions, type ImportOptionsInput, importOptions } from '../../shared/configuration.ts'
import { throwIfCancelled, WorkbenchError } from '../../shared/errors.ts'
import type { Reject, Source } from '../../shared/logs.ts'
import { atTerminal, phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import { ActivityTally } from '../storage/activity-tally.ts'
import { readNames } from '../storage/dictionaries.ts'
import { writeChecksum } from '../storage/event-checksum.ts'
import { addNames, addTallies, EventWriter } from '../storage/event-writing.ts'
import { requireSpace, withTemporaryDirectory } from '../storage/files.ts'
import { withLock } from '../storage/locks.ts'
import { addRejects } from '../storage/rejects.ts'
import { hideSource, logsLock, sweepSources } from '../storage/source-removal.ts'
import { beginSource, completeSource, findSource } from '../storage/sources.ts'
import type { WriteWorkspace } from '../storage/workspace.ts'
import { EventSequence } from './event-sequence.ts'
import { Fields } from './fields.ts'
import { identifyFiles } from './identify.ts'
import { refuseChangedFile } from './input-file.ts'
import { type ImportPlan, planImport } from './plan.ts'
import { ProgressMeter } from './progress-meter.ts'
import { readRows } from './reading.ts'
import { type KnownNames, RowWriter } from './row-writer.ts'
import { Staging } from './staging.ts'

/**
 * Imports files as one new source: every row becomes an event, a counted duplicate or a stored reject. The source appears complete, or not at all: after a failure, a
 * cancellation or a crash nothing of it is left.
 *
 * @throws WorkbenchError `conflict` when a file's content is imported already or the source's name is taken, `locked` while another process imports,
 * `input` when a file, its columns or too many rows are unusable, `storage` when the disk refuses, `cancelled`.
 */
export async function importFiles(
  workspace: WriteWorkspace,
  input: ImportOptionsInput,
  context: JobContext,
): Promise<Source> {
  const options = importOptions.parse(input)
  const plan = await planImport(options)
  for (const warning of plan.warnings) context.warn(warning)
  return withLock(workspace.database, logsLock, phrase`importing ${options.files}`, async () => {
    sweepSources(workspace.database)
    const files = await identifyFiles(
      (work) => work(workspace.database),
      plan.files.map(({ file }) => file),
      context,
    )
    const source = beginSource(workspace.database, plan.description, files)
    try {
      await withTemporaryDirectory(workspace.temporary, 'import', (directory) =>
        fillSource(workspace, source, plan, options, directory, context),
      )
    } catch (error) {
      removeRemains(workspace, source)
      throw error
    }
    return findSource(workspace.database, plan.description.name)
  })
}

/** What an event takes in the database, with what the write-ahead log holds besides. */
const bytesPerEvent = 40

/** Must not hide why the import failed: on a full disk the removal may fail too, and is done when the workspace is opened next. */
function removeRemains(workspace: WriteWorkspace, source: number): void {
  try {
    hideSource(workspace.database, source)
    sweepSources(workspace.database)
  } catch {}
}

function knownNames(workspace: WriteWorkspace): KnownNames {
  const { database } = workspace
  return {
    users: readNames(database, 'users'),
    behaviours: readNames(database, 'behaviours'),
    locations: readNames(database, 'locations'),
  }
}

/** Rejects are stored as they come, so that they take no memory. */
class RejectStore {
  readonly #workspace: WriteWorkspace
  readonly #source: number
  #pending: Reject[] = []
  #stored = 0

  constructor(workspace: WriteWorkspace, source: number) {
    this.#workspace = workspace
    this.#source = source
  }

  add(reject: Reject): void {
    this.#pending.push(reject)
    if (this.#pending.length >= 1000) this.flush()
  }

  flush(): void {
    addRejects(this.#workspace.database, this.#source, this.#stored, this.#pending)
    this.#stored += this.#pending.length
    this.#pending = []
  }
}

async function fillSource(
  workspace: WriteWorkspace,
  source: number,
  plan: ImportPlan,
  options: ImportOptions,
  directory: string,
  context: JobContext,
): Promise<void> {
  const rejects = new RejectStore(workspace, source)
  const staging = await Staging.open(directory)
  try {
    const writer = new RowWriter(
      knownNames(workspace),
      {
        timeFormat: plan.description.timeFormat,
        timeZone: plan.timeZone,
        columns: plan.columns,
        maximumRejects: options.maximumRejects,
      },
      {
        accept: (user, instant, behaviour, location, offset) => staging.add(user, instant, behaviour, location, offset),
        refuse: (reject) => rejects.add(reject),
      },
    )
    await readFiles(plan, writer, context)
    rejects.flush()
    if (writer.times.zoned > 0 && plan.timeZone.isUtc) {
      context.warn(
        phrase`The times carry a zone and are cut into hours and days in UTC; name the zone of the users${atTerminal('--timezone')}.`,
      )
    }
    await store(workspace, source, staging, writer, context)
  } finally {
    staging.close()
  }
}

async function readFiles(plan: ImportPlan, writer: RowWriter, context: JobContext): Promise<void> {
  const meter = new ProgressMeter(context, 'rows')
  const totalBytes = plan.files.reduce((sum, { file }) => sum + file.size, 0)
  let bytesBefore = 0
  const fields = new Fields()
  for (const planned of plan.files) {
    const { file } = planned
    writer.file = file.path
    await readRows(planned, writer, fields, context.signal, (share) => {
      const bytes = bytesBefore + share * file.size
      const total = bytes > 0 ? Math.round((writer.rows * totalBytes) / bytes) : undefined
      meter.report(phrase`reading ${file.path}`, writer.rows, total, { rejected: writer.rejected })
    })
    refuseChangedFile(file)
    bytesBefore += file.size
  }
  if (writer.rows === 0) {
    throw new WorkbenchError(
      'input',
      phrase`${plan.files.map(({ file }) => file.path)}: a header, but no rows.`,
      phrase`There is nothing to import.`,
    )
  }
  if (writer.rejected === writer.rows) throw writer.unusable(phrase`All`)
}

async function store(
  workspace: WriteWorkspace,
  source: number,
  staging: Staging,
  writer: RowWriter,
  context: JobContext,
): Promise<void> {
  const { database } = workspace
  const events = new EventWriter(database, source)
  const sequence = new EventSequence(
    events,
    new ActivityTally(database, source),
    writer.behaviours.size,
    writer.locations.size,
  )
  const meter = new ProgressMeter(context, 'rows')
  context.report({ stage: phrase`sorting`, done: 0, total: staging.rows, unit: 'rows' })
  await requireSpace(workspace.directory, staging.rows * bytesPerEvent, phrase`storing ${staging.rows} rows`)
  let done = 0
  for await (const block of staging.sorted(context.signal)) {
    if (done === 0) {
      addNames(database, 'users', writer.users.newNames())
      addNames(database, 'behaviours', writer.behaviours.newNames())
      addNames(database, 'locations', writer.locations.newNames())
    }
    sequence.add(block)
    done += block.count
    meter.report(phrase`storing`, done, staging.rows, { rejected: writer.rejected, duplicates: sequence.duplicates })
  }
  throwIfCancelled(context.signal)
  const counts = sequence.finish()
  assert(
    counts.events + counts.duplicates + writer.rejected === writer.rows,
    `${writer.rows} rows, of which some are missing`,
  )
  database.transaction(() => {
    addTallies(database, source, sequence.tallies)
    writeChecksum(database, source, events.checksum)
    completeSource(database, source, { rows: writer.rows, rejected: writer.rejected, ...counts })
  })
}
