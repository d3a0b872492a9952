import { type ImportOptionsInput, importOptions } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import type { ImportPreview, PreviewRow, Reject } from '../../shared/logs.ts'
import { type JobContext, silentContext } from '../../shared/progress.ts'
import { isSourceNameTaken } from '../storage/sources.ts'
import { eventField, Fields, locationField, type RowSink, userField } from './fields.ts'
import { type Look, refuseKnownFiles } from './identify.ts'
import { type ImportPlan, planImport } from './plan.ts'
import { readRows } from './reading.ts'
import { RowWriter } from './row-writer.ts'

const shownRows = 10
const shownProblems = 20

/** Ends the reading once enough was seen. */
class Enough extends Error {}

export interface PreviewOptions {
  rowLimit?: number
  context?: JobContext
  /** Into the workspace that the import would go to; it need not be there yet. */
  look?: Look
}

/**
 * A dry run: guesses as `importFiles` would, reads up to `rowLimit` rows and shows the first of them and of the problems. Writes nothing and needs no workspace.
 * @throws WorkbenchError as `importFiles` does for unusable files and columns; rejected rows are shown, never thrown.
 */
export async function previewImport(
  input: ImportOptionsInput,
  { rowLimit = 100_000, context = silentContext, look }: PreviewOptions = {},
): Promise<ImportPreview> {
  const options = importOptions.parse(input)
  const plan = await planImport(options)
  const problems: Reject[] = []
  const firstRows: PreviewRow[] = []
  const rules = {
    timeFormat: plan.description.timeFormat,
    timeZone: plan.timeZone,
    columns: plan.columns,
    maximumRejects: Number.POSITIVE_INFINITY,
  }
  let accepted = 0
  const writer = new RowWriter({ users: [], behaviours: [], locations: [''] }, rules, {
    accept: () => accepted++,
    refuse: (reject) => problems.length < shownProblems && problems.push(reject),
  })
  const sink: RowSink = {
    row(line, fields, raw) {
      if (writer.rows >= rowLimit) throw new Enough()
      const before = accepted
      writer.row(line, fields, raw)
      if (accepted > before && firstRows.length < shownRows) firstRows.push(shownRow(fields, writer))
    },
    reject: (line, reason, raw) => writer.reject(line, reason, raw),
  }
  const complete = await readUntilEnough(async () => {
    for (const planned of plan.files) {
      writer.file = planned.file.path
      await readRows(planned, sink, new Fields(), context.signal, () => {})
    }
  })
  return {
    source: plan.description.name,
    format: plan.description.format,
    columns: plan.files[0].layout.sample.columns,
    mapping: plan.description.mapping,
    timeFormat: plan.description.timeFormat,
    timeZone: plan.description.timeZone,
    firstRows,
    rows: writer.rows,
    complete,
    rejected: writer.rejected,
    problems,
    warnings: plan.warnings,
    ...(await obstacles(plan, context, look)),
  }
}

/** Why the workspace would not take what the files hold. One that is not there yet, which is never looked into, takes everything but a file given twice. */
async function obstacles(
  plan: ImportPlan,
  context: JobContext,
  look: Look | undefined,
): Promise<Pick<ImportPreview, 'refusal' | 'isNameTaken'>> {
  const files = plan.files.map(({ file }) => file)
  const isNameTaken = look?.((database) => isSourceNameTaken(database, plan.description.name)) ?? false
  try {
    await refuseKnownFiles(look, files, context)
    return { refusal: null, isNameTaken }
  } catch (error) {
    if (!(error instanceof WorkbenchError && error.code === 'conflict')) throw error
    return { refusal: error.toDocument(), isNameTaken }
  }
}

async function readUntilEnough(read: () => Promise<void>): Promise<boolean> {
  try {
    await read()
    return true
  } catch (error) {
    if (error instanceof Enough || (error as Error).cause instanceof Enough) return false
    throw error
  }
}

function shownRow(fields: Fields, writer: RowWriter): PreviewRow {
  const { instant, offset } = writer.times
  const location = fields.text(locationField).trim()
  return {
    user: fields.text(userField),
    time: new Date(instant + 60_000 * offset).toISOString().slice(0, -1),
    utcOffset: offset,
    event: fields.text(eventField),
    location: location === '' ? null : fields.text(locationField),
  }
}
