import type { Readable } from 'node:stream'
import type { ColumnMapping } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import type { TimeFormat } from '../../shared/logs.ts'
import { parseOptions } from '../../shared/options.ts'
import { atTerminal, type Phrase, type PhraseValue, phrase } from '../../shared/phrase.ts'
import {
  type HistoryEvent,
  type SequenceOptions,
  type SequenceOptionsInput,
  sequenceOptions,
} from '../../shared/prediction.ts'
import { fieldWords } from '../ingest/fields.ts'
import { guessMapping, guessTimeFormat } from '../ingest/mapping.ts'
import { TimeZone } from '../ingest/time-zone.ts'
import { TimeReader } from '../ingest/times.ts'
import type { NamedEvent } from './history.ts'
import { readInputText } from './input-text.ts'
import { suggestion } from './nearest-names.ts'
import { guessFormat, parseRecords, type TextRecord, type TextTable } from './records.ts'

/** The zone in which times with a zone, and epochs, are shown; undefined when nothing says which. */
export type HistoryZone = string | undefined

/** Reads times of one format and remembers whether the zone mattered. */
class LocalTimes {
  readonly #reader: TimeReader
  readonly #format: TimeFormat
  readonly #zone: HistoryZone

  constructor(format: TimeFormat, zone: HistoryZone) {
    this.#format = format
    this.#zone = zone
    this.#reader = new TimeReader(format, new TimeZone(zone ?? 'UTC'))
  }

  /** Local wall-clock milliseconds. Throws WorkbenchError `input` or `usage` that starts with `where`. */
  read(text: string, where: Phrase): number {
    const bytes = Buffer.from(text)
    const reason = this.#reader.read(bytes, 0, bytes.length)
    if (reason !== undefined) {
      throw new WorkbenchError(
        'input',
        phrase`${where}: the time ${JSON.stringify(text.slice(0, 100))} is ${reason}.`,
        timeHint,
      )
    }
    if (this.#zone === undefined && (this.#format !== 'iso' || this.#reader.zoned > 0)) {
      throw new WorkbenchError(
        'usage',
        phrase`${where}: the time ${JSON.stringify(text)} has a zone, but the log's sources are in several and nothing says which one the model expects.`,
        phrase`Give local times, or the zone.`,
      )
    }
    return this.#reader.instant + this.#reader.offset * 60_000
  }
}

const timeHint = phrase`Write times as 2025-03-01T07:30:00, with or without a zone, or as seconds or milliseconds since 1970.`

/**
 * A history given by a program: validated and in order of time, equal times in the given order.
 * Throws WorkbenchError `input` that names the event (1 is the first) whose time is no time.
 */
export function readGivenHistory(history: readonly HistoryEvent[], zone: HistoryZone): NamedEvent[] {
  const times = new LocalTimes('iso', zone)
  const events = history.map(({ behaviour, time, location }, index) => ({
    behaviour,
    location: location ?? '',
    time: typeof time === 'number' ? time : times.read(time, phrase`Event ${index + 1} of the history`),
  }))
  return inOrder(events)
}

/**
 * Reads one user's events from a file or from standard input: CSV or TSV with a header, JSON lines, or a JSON array of objects; plain, gzip or zstd. Columns are guessed
 * by their names as in an import. The events come back in order of time, equal times in the order of the file.
 *
 * Throws WorkbenchError `not-found`, `storage`, `usage` when the file holds several users and none is chosen, or `input` that names file and line.
 */
export async function readSequence(
  optionsInput: SequenceOptionsInput,
  source: { zone: HistoryZone; standardInput: Readable },
): Promise<NamedEvent[]> {
  const options = parseOptions(sequenceOptions, optionsInput)
  const { name, text } = await readInputText(options.input, source.standardInput)
  return parseSequence(name, text, options, source.zone)
}

/** The same from a text; `name` stands for it in errors. */
export function parseSequence(
  name: PhraseValue,
  text: string,
  options: Omit<SequenceOptions, 'input'>,
  zone: HistoryZone,
): NamedEvent[] {
  const table = parseRecords(text, options.format ?? guessFormat(text), name)
  if (table.records.length === 0)
    throw new WorkbenchError('input', phrase`${name} holds no events.`, phrase`It has only a header.`)
  const mapping = mapColumns(options.mapping, table, name)
  const records = recordsOfUser(table.records, mapping.user, options.user, name)
  const timeTexts = records.map((record) => fieldText(record, mapping.time, name))
  const format = options.timeFormat ?? guessTimeFormat(timeTexts) ?? 'iso'
  const times = new LocalTimes(format, options.timeZone ?? zone)
  const events = records.map((record, index) => {
    const where = phrase`${name}, line ${String(record.line)}`
    const behaviour = fieldText(record, mapping.event, name)
    if (behaviour.trim() === '')
      throw new WorkbenchError('input', phrase`${where}: the field ${mapping.event} is empty.`)
    return {
      behaviour,
      location: mapping.location === null ? '' : fieldText(record, mapping.location, name),
      time: times.read(timeTexts[index], where),
    }
  })
  return inOrder(events)
}

function inOrder(events: NamedEvent[]): NamedEvent[] {
  return events.sort((left, right) => left.time - right.time)
}

/** Stands for the user's column where there is none. */
const noUserColumn = '(no user)'

/** As in an import, but a single user needs no column. */
function mapColumns(given: Partial<ColumnMapping>, { columns, records }: TextTable, name: PhraseValue): ColumnMapping {
  const sampled = records.slice(0, 1000)
  const valuesOf = (column: string) => sampled.map(({ values }) => String(values[column] ?? ''))
  const sample = { file: name, columns, values: new Map(columns.map((column) => [column, valuesOf(column)])) }
  const { user = noUserColumn, time, event, location = null } = guessMapping(given, sample)
  if (time !== undefined && event !== undefined) return { user, time, event, location }
  throw new WorkbenchError(
    'input',
    phrase`${name} has no column of which the name says that it holds the ${fieldWords[time === undefined ? 'time' : 'event']}.`,
    phrase`Columns: ${columns}. In the header, call them time, event and, where there are any, location and user${atTerminal('or say which is which: --time-column, --event-column')}.`,
  )
}

/** The events of the wanted user, or all of them where the file holds one user. */
function recordsOfUser(
  records: readonly TextRecord[],
  column: string,
  user: string | undefined,
  name: PhraseValue,
): readonly TextRecord[] {
  if (column === noUserColumn) {
    if (user === undefined) return records
    throw new WorkbenchError(
      'usage',
      phrase`${name} has no column that says which events are those of ${JSON.stringify(user)}.`,
    )
  }
  const users = new Set(records.map((record) => fieldText(record, column, name)))
  if (user === undefined) {
    if (users.size <= 1) return records
    const [first] = users
    throw new WorkbenchError(
      'usage',
      phrase`${name} holds the events of ${users.size} users (column ${column}); a prediction takes one.`,
      phrase`Choose one, such as ${JSON.stringify(first)}; or import the file and score all of them.`,
    )
  }
  if (users.has(user)) return records.filter((record) => fieldText(record, column, name) === user)
  throw new WorkbenchError(
    'not-found',
    phrase`${name} has no events of the user ${JSON.stringify(user)} (column ${column}).`,
    suggestion(user, users, phrase`It holds ${users.size} users.`),
  )
}

/** A field as text; empty when the event lacks it. */
function fieldText({ line, values }: TextRecord, column: string, name: PhraseValue): string {
  const value = values[column]
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new WorkbenchError(
    'input',
    phrase`${name}, line ${String(line)}: the field ${column} is neither a text nor a number.`,
  )
}
