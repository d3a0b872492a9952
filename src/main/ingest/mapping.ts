import type { ColumnMapping } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import type { TimeFormat } from '../../shared/logs.ts'
import { atTerminal, type Phrase, type PhraseValue, phrase } from '../../shared/phrase.ts'
import { type FieldName, fieldNames, fieldWords } from './fields.ts'
import { TimeZone } from './time-zone.ts'
import { TimeReader } from './times.ts'

/** Names that say what a column holds, the surest first; compared without case, spaces and punctuation. */
const usualNames: Record<FieldName, readonly string[]> = {
  user: [
    'userid',
    'user',
    'uid',
    'customerid',
    'customer',
    'clientid',
    'visitorid',
    'personid',
    'memberid',
    'studentid',
    'deviceid',
    'accountid',
    'sessionid',
    'username',
    'participant',
    'subject',
    'respondent',
    'person',
    'client',
    'device',
    '用户',
    '用户id',
    '用户编号',
    '用户名',
    '会员id',
    '设备id',
  ],
  time: [
    'timestamp',
    'time',
    'datetime',
    'eventtime',
    'eventtimestamp',
    'utctime',
    'localtime',
    'createdat',
    'occurredat',
    'date',
    'ts',
    'starttime',
    'start',
    'begin',
    '时间',
    '时间戳',
    '日期时间',
    '事件时间',
    '发生时间',
    '开始时间',
    '日期',
  ],
  event: [
    'event',
    'eventname',
    'behaviour',
    'behavior',
    'behaviourid',
    'behaviorid',
    'action',
    'activity',
    'eventtype',
    'type',
    'category',
    'venuecategory',
    'categoryname',
    'app',
    'appname',
    'application',
    'item',
    'itemid',
    'product',
    'productid',
    'stockcode',
    'page',
    'intent',
    '行为',
    '行为名称',
    '行为类型',
    '事件',
    '事件名称',
    '事件类型',
    '活动',
    '动作',
    '类别',
    '应用',
    '商品',
    '页面',
  ],
  location: [
    'location',
    'locationid',
    'place',
    'placeid',
    'venue',
    'venueid',
    'poi',
    'poiid',
    'cell',
    'cellid',
    'region',
    'city',
    'where',
    'country',
    'geohash',
    'course',
    'site',
    '地点',
    '地点id',
    '位置',
    '场所',
    '区域',
    '城市',
  ],
}

const optionOf: Record<FieldName, string> = {
  user: '--user-column',
  time: '--time-column',
  event: '--event-column',
  location: '--location-column',
}

/** What a sample of a file shows: its columns and some values of each. */
export interface ColumnSample {
  file: PhraseValue
  columns: readonly string[]
  /** Values by column, then row. */
  values: ReadonlyMap<string, readonly string[]>
}

const plain = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
const utc = new TimeZone('UTC')

/** Whether a text is a time in a format. */
export function isTime(text: string, format: TimeFormat): boolean {
  const bytes = Buffer.from(text)
  return new TimeReader(format, utc).read(bytes, 0, bytes.length) === undefined
}

/** Numbers below this many seconds (1980) could be anything: they are taken for times only when the user says so. */
const leastEpoch = 315_532_800

/** Milliseconds from this number on (the year 5138) are smaller units since 1970. */
const leastMicroseconds = 1e14
const isNumber = (value: string) => /^\s*\d+(\.\d*)?\s*$/.test(value)

/** What a number counts since 1970 that no format reads, and what makes milliseconds of it. */
export function finerUnit(value: string): { unit: Phrase; divisor: string } | undefined {
  if (!isNumber(value) || Number(value) < leastMicroseconds) return undefined
  return Number(value) < 1e17
    ? { unit: phrase`microseconds`, divisor: '1000' }
    : { unit: phrase`nanoseconds`, divisor: '1000000' }
}

/** 31.05.2024: nobody writes the month first so. */
const isDotted = (value: string) => /^\s*\d+\./.test(value)

/** Undefined also for a date of which it cannot be told whether the day or the month is first. */
function formatOfValue(value: string): TimeFormat | undefined {
  if (isTime(value, 'iso')) return 'iso'
  if (isTime(value, 'year-first')) return 'year-first'
  const [isDayFirst, isMonthFirst] = [isTime(value, 'day-first'), isTime(value, 'month-first')]
  if (isDayFirst && (!isMonthFirst || isDotted(value))) return 'day-first'
  if (isMonthFirst && !isDayFirst) return 'month-first'
  if (!isNumber(value) || Number(value) < leastEpoch || Number(value) >= leastMicroseconds) return undefined
  return Number(value) < 1e11 ? 'epoch-seconds' : 'epoch-milliseconds'
}

/**
 * How a column of times is written, by what most of the values that are times are: ISO-8601, dates in another order where a value tells which, or numbers, which are seconds below 10^11 (the year 5138) and milliseconds
 * above, up to 10^14.
 * @returns undefined when no value is a time, and when the values do not tell, or contradict each other about, whether the day or the month is first.
 */
export function guessTimeFormat(values: readonly string[]): TimeFormat | undefined {
  const votes = new Map<TimeFormat, number>()
  for (const value of values) {
    const format = formatOfValue(value)
    if (format !== undefined) votes.set(format, (votes.get(format) ?? 0) + 1)
  }
  if (votes.has('day-first') && votes.has('month-first')) return undefined
  return [...votes].sort(([, left], [, right]) => right - left)[0]?.[0]
}

/** The column that holds times although its name does not say so, if there is exactly one. */
function columnOfTimes(sample: ColumnSample, taken: ReadonlySet<string>): string | undefined {
  const candidates = sample.columns.filter((column) => {
    const values = sample.values.get(column) ?? []
    return (
      !taken.has(column) &&
      values.length > 0 &&
      values.filter((value) => formatOfValue(value) !== undefined).length > 0.9 * values.length
    )
  })
  return candidates.length === 1 ? candidates[0] : undefined
}

/**
 * Completes a mapping that the user gave in part, as far as it can be guessed: by the names of the columns, and for the time by its values.
 * @throws WorkbenchError `input` that names the columns there are when a given one is missing, `usage` when one is given twice.
 */
export function guessMapping(given: Partial<ColumnMapping>, sample: ColumnSample): Partial<ColumnMapping> {
  const taken = new Set<string>()
  const found: Partial<Record<FieldName, string | null>> = {}
  for (const field of fieldNames) {
    const column = given[field]
    if (column === undefined) continue
    if (column !== null && !sample.columns.includes(column)) {
      throw new WorkbenchError(
        'input',
        phrase`${sample.file} has no column ${column}${atTerminal(optionOf[field])}.`,
        listed(sample),
      )
    }
    if (column !== null && taken.has(column)) {
      throw new WorkbenchError(
        'usage',
        phrase`Column ${column} cannot be two things at once${atTerminal(optionOf[field])}.`,
        listed(sample),
      )
    }
    found[field] = column
    if (column !== null) taken.add(column)
  }
  const byPlainName = Map.groupBy(sample.columns, plain)
  for (const field of fieldNames) {
    if (found[field] !== undefined) continue
    const byName = usualNames[field]
      .flatMap((usual) => byPlainName.get(usual) ?? [])
      .find((column) => !taken.has(column))
    const column = byName ?? (field === 'time' ? columnOfTimes(sample, taken) : undefined)
    if (column === undefined) continue
    found[field] = column
    taken.add(column)
  }
  return found as Partial<ColumnMapping>
}

const listed = (sample: ColumnSample) => phrase`Columns of ${sample.file}: ${sample.columns}.`

/**
 * The complete mapping; a location that nothing suggests is none.
 * @throws WorkbenchError as `guessMapping` does, and `input` when a column cannot be guessed.
 */
export function completeMapping(given: Partial<ColumnMapping>, sample: ColumnSample): ColumnMapping {
  const found = guessMapping(given, sample)
  for (const field of ['user', 'time', 'event'] as const) {
    if (found[field] !== undefined) continue
    throw new WorkbenchError(
      'input',
      phrase`Which column of ${sample.file} holds the ${fieldWords[field]}? None of the names says so.`,
      phrase`${listed(sample)} Say which it is${atTerminal(optionOf[field])}.`,
    )
  }
  return {
    user: found.user as string,
    time: found.time as string,
    event: found.event as string,
    location: found.location ?? null,
  }
}
