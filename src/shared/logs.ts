import { z } from 'zod'
import type { ColumnMapping, fileFormats, GroupRule, timeFormats } from './configuration.ts'
import type { ErrorDocument } from './errors.ts'
import type { GroupName } from './long-tail.ts'
import type { Phrase } from './phrase.ts'

/** Names or ids of sources, all when empty. */
export const sourceNames = z.strictObject({ sources: z.array(z.string().min(1)).default([]) })

export type FileFormat = (typeof fileFormats)[number]

export type TimeFormat = (typeof timeFormats)[number]

/** One file of a source, as it was read. */
export interface SourceFile {
  path: string
  /** Of its content, as stored (compressed or not), in lower-case hexadecimal. */
  sha256: string
  /** Bytes. */
  size: number
}

/** How a source was read. */
export interface SourceDescription {
  name: string
  format: FileFormat
  mapping: ColumnMapping
  timeFormat: TimeFormat
  timeZone: string
  /** Generated data: every report on it says so. */
  simulated: boolean
}

/** What became of a source's rows: rows = events + duplicates + rejected. */
export interface SourceCounts {
  rows: number
  events: number
  /** Rows that repeat user, instant, behaviour and location of an earlier one. */
  duplicates: number
  rejected: number
  /** Local wall-clock milliseconds of the first and last event, read as UTC; null without events. */
  firstTime: number | null
  lastTime: number | null
}

export interface Source extends SourceDescription, SourceCounts {
  id: number
  files: SourceFile[]
  /** ISO-8601, UTC. */
  createdAt: string
}

/** A source as it is listed. */
export interface ListedSource extends Source {
  /** With at least one event. */
  users: number
}

/** A row that was not imported, and why. */
export interface Reject {
  file: string
  /** From 1, the header included; of Parquet the number of the row. */
  line: number
  /** The column at fault; empty when the row as a whole is. */
  field: string
  reason: Phrase
  /** The row's text, cut after some thousand characters, which a final … shows. */
  raw: string
}

export interface RejectReason {
  reason: Phrase
  /** Rows that were refused for it. */
  rejects: number
}

/** What some files hold at first sight, before it is decided how to read them. */
export interface FileColumns {
  format: FileFormat
  columns: {
    name: string /** The first few values that are not empty, cut after some hundred characters. */
    examples: string[]
  }[]
  /** What the names of the columns, and for the time the values, suggest; fields that nothing suggests are missing. */
  mapping: Partial<ColumnMapping>
  /** How the times of the suggested column are written; null when it is not known. */
  timeFormat: TimeFormat | null
}

/** A row as it would be stored. */
export interface PreviewRow {
  user: string
  /** Local wall-clock time, ISO-8601 without a zone. */
  time: string
  /** Minutes east of UTC. */
  utcOffset: number
  event: string
  /** Null when the row has none. */
  location: string | null
}

/** What an import of these files would do, found without writing anything. */
export interface ImportPreview {
  source: string
  format: FileFormat
  columns: readonly string[]
  mapping: ColumnMapping
  timeFormat: TimeFormat
  timeZone: string
  firstRows: PreviewRow[]
  /** Rows looked at, and whether these are all. */
  rows: number
  complete: boolean
  rejected: number
  /** The first of the rejected rows. */
  problems: Reject[]
  warnings: Phrase[]
  /** Why the import would be refused: content that is imported already, or given twice. */
  refusal: ErrorDocument | null
  isNameTaken: boolean
}

export interface NamedCount {
  id: number
  name: string
  events: number
}

/** One group of behaviours under a rule. */
export interface GroupShare {
  behaviours: number
  events: number
  /** Of all events; 0 without events. */
  share: number
}

/** A file that events were written to, and how many. */
export interface EventsFile {
  output: string
  events: number
}

/** What is known of some sources together. */
export interface LogStatistics {
  sources: Source[]
  /** True when any of them is generated. */
  simulated: boolean
  events: number
  duplicates: number
  rejected: number
  users: number
  behaviours: number
  /** Named ones; events without a location are counted apart. */
  locations: number
  eventsWithoutLocation: number
  /** Local wall-clock times, ISO-8601 without a zone; null without events. */
  firstTime: string | null
  lastTime: string | null
  /** Events per user. */
  eventsPerUser: { minimum: number; median: number; mean: number; maximum: number }
  /** Behaviours by frequency, the most frequent first: index + 1 is the rank. */
  rankFrequency: NamedCount[]
  /** Of the frequencies of the behaviours. */
  gini: number
  /** Share of the events on the most frequent 20 % of the behaviours. */
  topFifthShare: number
  groups: Record<GroupRule, Record<GroupName, GroupShare>>
  /** Events by local hour: [7 weekdays from Monday][24 hours]. */
  hours: number[][]
}
