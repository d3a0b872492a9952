import path from 'node:path'
import { csvText } from '../../shared/csv.ts'
import { throwIfCancelled } from '../../shared/errors.ts'
import type { JobContext } from '../../shared/progress.ts'
import type { Decision, ReviewLabel, ReviewSequence } from '../../shared/review.ts'
import { formatLocalTime } from '../dataset/calendar.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { makeDirectory, writeFileAtomic } from '../storage/files.ts'
import { readDecisions, type StoredDecision } from '../storage/review-decisions.ts'
import { readReviewSequence, requireReviewProject } from '../storage/review-projects.ts'
import { reviewTaxonomy } from '../storage/review-taxonomy.ts'
import { writeCsvLines, writeLines } from '../storage/text-lines.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'

export const exportFormats = ['csv', 'jsonl'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** One line of an export: a label and where it stands, or a sequence without any (`label` is empty). */
interface LabelRow {
  review: string
  /** From 1, as the page counts. */
  sequence: number
  user: string
  reviewer: string
  role: StoredDecision['role']
  /** Only what is accepted is a judgement that agreement and taxonomies count. */
  state: Decision['state']
  flagged: boolean
  note: string
  seconds: number
  label: string | null
  scope: ReviewLabel['scope'] | null
  /** First and last event in the sequence, from 1, with their local times and the first one's behaviour and place. */
  firstEvent: number | null
  lastEvent: number | null
  from: string
  until: string
  /** The same as UTC. */
  fromInstant: string
  untilInstant: string
  behaviour: string | null
  location: string | null
  /** What the label says the event really is. */
  namedBehaviour: string | null
}

const columns: readonly (keyof LabelRow)[] = [
  'review',
  'sequence',
  'user',
  'reviewer',
  'role',
  'state',
  'flagged',
  'note',
  'seconds',
  'label',
  'scope',
  'firstEvent',
  'lastEvent',
  'from',
  'until',
  'fromInstant',
  'untilInstant',
  'behaviour',
  'location',
  'namedBehaviour',
]

/**
 * Writes every label that a person put on a sequence, and one line for each sequence without labels that somebody accepted, skipped or flagged or wrote
 * a note on; `state` tells them apart. CSV is safe to open in a spreadsheet
 * (see `csvText`).
 * @returns how many lines there are.
 * @throws WorkbenchError `not-found`, `storage`, `cancelled`.
 */
export async function exportLabels(
  { database }: ReadWorkspace,
  { project, format, output }: { project: number; format: ExportFormat; output: string },
  context: JobContext,
): Promise<{ output: string; rows: number }> {
  let rows = 0
  const lines = function* () {
    if (format === 'csv') yield columns.join(',')
    for (const row of labelRows(database, project)) {
      throwIfCancelled(context.signal)
      rows++
      yield format === 'csv' ? columns.map((column) => csvCell(row[column])).join(',') : JSON.stringify(row)
    }
  }
  makeDirectory(path.dirname(output))
  await writeFileAtomic(output, async (temporary) => {
    if (format === 'csv') await writeCsvLines(temporary, lines())
    else await writeLines(temporary, lines())
  })
  return { output, rows }
}

function csvCell(value: LabelRow[keyof LabelRow]): string {
  if (value === null) return ''
  return typeof value === 'string' ? csvText(value) : String(value)
}

function* labelRows(database: ReadDatabase, project: number): Generator<LabelRow> {
  const { name, labels } = requireReviewProject(database, project)
  const byId = new Map(labels.map((label) => [label.id, label]))
  let sequence: ReviewSequence | undefined
  for (const stored of readDecisions(database, project)) {
    const { position, reviewer, role, decision } = stored
    if (decision.state === 'pending' && !hasContent(decision)) continue
    if (sequence?.position !== position) sequence = readReviewSequence(database, project, position)
    const { user, events } = sequence
    const common = { review: name, sequence: position + 1, user, reviewer, role, state: decision.state }
    const spent = { flagged: decision.flagged, note: decision.note, seconds: Math.round(decision.seconds * 10) / 10 }
    if (decision.labels.length === 0) {
      const place = { firstEvent: null, lastEvent: null, ...timesOf(sequence, 0, events.length - 1) }
      yield {
        ...common,
        ...spent,
        label: null,
        scope: null,
        ...place,
        behaviour: null,
        location: null,
        namedBehaviour: null,
      }
    }
    for (const { label: id, from, until } of decision.labels) {
      const label = byId.get(id)!
      yield {
        ...common,
        ...spent,
        label: label.name,
        scope: label.scope,
        firstEvent: from + 1,
        lastEvent: until + 1,
        ...timesOf(sequence, from, until),
        behaviour: label.scope === 'sequence' ? null : events[from].behaviour,
        location: label.scope === 'sequence' ? null : events[from].location,
        namedBehaviour: label.behaviour,
      }
    }
  }
}

/** Of a sequence that is still open: one that was looked at, or of which everything was undone, says nothing. */
const hasContent = ({ labels, flagged, note }: Decision) => labels.length > 0 || flagged || note !== ''

const timesOf = ({ events }: ReviewSequence, from: number, until: number) => ({
  from: formatLocalTime(events[from].time),
  until: formatLocalTime(events[until].time),
  fromInstant: new Date(events[from].instant).toISOString(),
  untilInstant: new Date(events[until].instant).toISOString(),
})

/**
 * Writes the taxonomy as the CSV that `dataset build --taxonomy` reads, safe to open in a spreadsheet; read again, the names are exactly what they are in the log.
 * @throws WorkbenchError `not-found`, `storage`.
 */
export async function exportTaxonomy(
  { database }: ReadWorkspace,
  { project, output }: { project: number; output: string },
): Promise<{ output: string; rules: number; tied: string[]; kept: string[] }> {
  const { rules, tied, kept } = reviewTaxonomy(database, project)
  const lines = ['behaviour,name', ...rules.map((rule) => [rule.behaviour, rule.name].map(csvText).join(','))]
  makeDirectory(path.dirname(output))
  await writeFileAtomic(output, (temporary) => writeCsvLines(temporary, lines))
  return { output, rules: rules.length, tied, kept }
}
