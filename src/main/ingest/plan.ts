import { strict as assert } from 'node:assert'
import type { ImportOptions } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import type { SourceDescription } from '../../shared/logs.ts'
import { atTerminal, type Phrase, phrase } from '../../shared/phrase.ts'
import { fieldWords } from './fields.ts'
import { baseName, type InputFile, inspectFile } from './input-file.ts'
import { inspectLayout, type Layout } from './layout.ts'
import { completeMapping, finerUnit, guessTimeFormat, isTime } from './mapping.ts'
import { TimeZone } from './time-zone.ts'

/** One file and how to read it. */
export interface PlannedFile {
  file: InputFile
  layout: Layout
  /** Columns by field: [user, time, event, location]. */
  columns: readonly (string | null)[]
}

/** Everything that is decided before the first row is read. */
export interface ImportPlan {
  description: SourceDescription
  timeZone: TimeZone
  files: PlannedFile[]
  columns: readonly (string | null)[]
  /** Choices made for the user. */
  warnings: Phrase[]
}

/**
 * Decides how files are read: format, columns, time format; what the options leave open is guessed from the first file.
 * @throws WorkbenchError as `inspectFile`, `inspectLayout` and `completeMapping` do.
 */
export async function planImport(options: ImportOptions): Promise<ImportPlan> {
  const timeZone = new TimeZone(options.timeZone)
  const files = await Promise.all(options.files.map((path) => inspectFile(path)))
  const layouts: Layout[] = []
  for (const file of files) layouts.push(await inspectLayout(file, options.format))
  const [first] = layouts
  assert(first !== undefined)
  const other = layouts.find(({ format }) => format !== first.format)
  if (other !== undefined) {
    throw new WorkbenchError(
      'input',
      phrase`${first.sample.file} is ${first.format}, but ${other.sample.file} is ${other.format}.`,
      phrase`Import files of different formats one after another.`,
    )
  }
  const mapping = completeMapping(options.mapping, first.sample)
  const columns = [mapping.user, mapping.time, mapping.event, mapping.location]
  for (const { sample } of layouts) completeMapping(mapping, sample)
  const timeFormat = options.timeFormat ?? guessTimeFormat(first.sample.values.get(mapping.time) ?? [])
  if (timeFormat === undefined) refuseTimes(first, mapping.time)
  return {
    description: {
      name: options.source ?? baseName(options.files[0]),
      format: first.format,
      mapping,
      timeFormat: timeFormat ?? 'iso',
      timeZone: timeZone.name,
      simulated: options.simulated,
    },
    timeZone,
    columns,
    files: files.map((file, index) => ({ file, layout: layouts[index], columns })),
    warnings: guesses(options, mapping, timeFormat ?? 'iso'),
  }
}

/** A file without rows is told so later; one with rows must have times. */
function refuseTimes(layout: Layout, column: string): void {
  const values = (layout.sample.values.get(column) ?? []).filter((value) => value.trim() !== '')
  if (values.length === 0) return
  const examples = values.slice(0, 3).map((value) => `"${value.slice(0, 60)}"`)
  if (values.some((value) => isTime(value, 'day-first') || isTime(value, 'month-first'))) {
    throw new WorkbenchError(
      'input',
      phrase`Whether the day or the month is first in column ${column} of ${layout.sample.file} cannot be told: ${examples}.`,
      phrase`Say which it is, under how times are written${atTerminal('--time-format day-first or month-first')}.`,
    )
  }
  throw new WorkbenchError(
    'input',
    phrase`Column ${column} of ${layout.sample.file} holds no times: ${examples}.`,
    adviceOn(values[0]),
  )
}

/** What makes times of values such as this one. */
function adviceOn(value: string): Phrase {
  const finer = finerUnit(value)
  if (finer !== undefined)
    return phrase`They look like ${finer.unit} since 1970: divide them by ${finer.divisor}, for milliseconds.`
  return phrase`Times are ISO-8601 (2024-05-31T18:30:00, with or without zone), dates such as 2024/05/31, 31.05.2024 or 05/31/2024 with or without a time of day, or seconds or milliseconds since 1970; or name another column${atTerminal('--time-column')}.`
}

function guesses(options: ImportOptions, mapping: SourceDescription['mapping'], timeFormat: string): Phrase[] {
  const guessed = (['user', 'time', 'event', 'location'] as const)
    .filter((field) => options.mapping[field] === undefined)
    .map((field) => phrase`${fieldWords[field]} = ${mapping[field] ?? phrase`none`}`)
  if (options.timeFormat === undefined) guessed.push(phrase`time format = ${timeFormat}`)
  return guessed.length === 0 ? [] : [phrase`Guessed: ${guessed}.`]
}
