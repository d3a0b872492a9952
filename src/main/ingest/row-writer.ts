import { WorkbenchError } from '../../shared/errors.ts'
import type { Reject, TimeFormat } from '../../shared/logs.ts'
import { atTerminal, lines, type Phrase, phrase } from '../../shared/phrase.ts'
import { noLocation } from '../storage/dictionaries.ts'
import { eventField, type Fields, locationField, type RowSink, timeField, userField } from './fields.ts'
import { emptyName, NameTable } from './name-table.ts'
import type { TimeZone } from './time-zone.ts'
import { TimeReader } from './times.ts'

/** Names by id of what is stored already: new names are numbered above them. */
export interface KnownNames {
  users: readonly string[]
  behaviours: readonly string[]
  locations: readonly string[]
}

/** Where checked rows and refused ones go. */
export interface RowTarget {
  accept(user: number, instant: number, behaviour: number, location: number, offset: number): void
  refuse(reject: Reject): void
}

export interface RowRules {
  timeFormat: TimeFormat
  timeZone: TimeZone
  /** Names of the four columns, for rejects. */
  columns: readonly (string | null)[]
  maximumRejects: number
}

/** Checks each row, numbers its names and passes it on; every row ends up accepted or refused. */
export class RowWriter implements RowSink {
  readonly users: NameTable
  readonly behaviours: NameTable
  readonly locations: NameTable
  readonly times: TimeReader
  rows = 0
  rejected = 0
  /** The file being read, for rejects. */
  file = ''
  readonly #rules: RowRules
  readonly #target: RowTarget
  readonly #firstRejects: Reject[] = []
  #user = 0
  #behaviour = 0
  #location = 0
  #reason: Phrase | undefined

  constructor(known: KnownNames, rules: RowRules, target: RowTarget) {
    this.users = new NameTable(known.users)
    this.behaviours = new NameTable(known.behaviours)
    this.locations = new NameTable(known.locations)
    this.times = new TimeReader(rules.timeFormat, rules.timeZone)
    this.#rules = rules
    this.#target = target
  }

  row(line: number, fields: Fields, raw: () => string): void {
    const wrong = this.#resolve(fields)
    if (wrong === undefined) {
      this.rows++
      this.#target.accept(this.#user, this.times.instant, this.#behaviour, this.#location, this.times.offset)
    } else {
      this.#count({ file: this.file, line, field: this.#rules.columns[wrong] ?? '', reason: this.#reason!, raw: raw() })
    }
  }

  /** Reads the time and numbers the names. @returns the field at fault, if any; then `#reason` says why and no new name is kept. */
  #resolve({ buffers, starts, ends }: Fields): number | undefined {
    this.#reason = this.times.read(buffers[timeField], starts[timeField], ends[timeField])
    if (this.#reason !== undefined) return timeField
    this.#user = this.users.intern(buffers[userField], starts[userField], ends[userField])
    if (this.#user < 0) {
      this.#reason = this.users.refusal
      return userField
    }
    this.#behaviour = this.behaviours.intern(buffers[eventField], starts[eventField], ends[eventField])
    if (this.#behaviour < 0) {
      this.users.undo()
      this.#reason = this.behaviours.refusal
      return eventField
    }
    this.#location = noLocation
    if (ends[locationField] === starts[locationField]) return undefined
    this.#location = this.locations.intern(buffers[locationField], starts[locationField], ends[locationField])
    if (this.#location >= 0) return undefined
    this.#location = noLocation
    this.#reason = this.locations.refusal
    if (this.#reason === emptyName) return undefined
    this.users.undo()
    this.behaviours.undo()
    return locationField
  }

  reject(line: number, reason: Phrase, raw: () => string): void {
    this.#count({ file: this.file, line, field: '', reason, raw: raw() })
  }

  #count(reject: Reject): void {
    this.rows++
    this.rejected++
    if (this.#firstRejects.length < 3) this.#firstRejects.push(reject)
    if (this.rejected > this.#rules.maximumRejects) {
      throw this.unusable(
        phrase`More than the ${this.#rules.maximumRejects} allowed${atTerminal('--max-rejects')}: ${this.rejected}`,
      )
    }
    this.#target.refuse(reject)
  }

  /** The error that stops an import whose rows are unusable; shows the first of them. */
  unusable(howMany: Phrase): WorkbenchError {
    const examples = this.#firstRejects.map(({ file, line, field, reason, raw }) =>
      field === ''
        ? phrase`  ${file}:${String(line)} ${reason}: ${raw.slice(0, 120)}`
        : phrase`  ${file}:${String(line)} ${field}: ${reason}: ${raw.slice(0, 120)}`,
    )
    return new WorkbenchError(
      'input',
      phrase`${howMany} of the first ${this.rows} rows are unusable; nothing was imported.\n${lines(examples)}`,
      phrase`Check the columns and the time format in the preview${atTerminal('--dry-run')}, or allow more refused rows${atTerminal('--max-rejects')}.`,
    )
  }
}
