/** Texts for people: numbers with their units, durations, aligned tables. */

/** 1234567 -> 1,234,567. */
export const count = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 0 })

/** 1 event, 1,234 events. */
export const counted = (value: number, noun: string): string => `${count(value)} ${value === 1 ? noun : `${noun}s`}`

/** No sign where the rounded number is 0. */
const threeDecimals = new Intl.NumberFormat('en-US', {
  minimumFractionDigits: 3,
  maximumFractionDigits: 3,
  signDisplay: 'negative',
  useGrouping: false,
})

/** A share, score or difference of them with three decimals. */
export const score = (value: number | null | undefined): string =>
  value === null || value === undefined || Number.isNaN(value) ? '-' : threeDecimals.format(value)

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** A figure of any size with about four digits: learning rates, losses, rates. */
export function figure(value: number): string {
  if (Number.isInteger(value)) return count(value)
  const size = Math.abs(value)
  if (size >= 1000) return count(Math.round(value))
  return size < 0.001 ? value.toExponential(2) : String(Number(value.toPrecision(4)))
}

export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`
}

/** ISO-8601 as `2024-05-01 08:30:00`. */
export const dateTime = (iso: string): string => iso.replace('T', ' ').replace(/(\.\d+)?Z?$/, '')

/** Milliseconds of local wall-clock time, as the import stores them. */
export const localTime = (milliseconds: number): string => dateTime(new Date(milliseconds).toISOString())

export interface Column {
  title: string
  /** Numbers stand right. */
  align?: 'left' | 'right'
}

/** Rows under titles, columns wide enough for their longest text, two blanks between them. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map(({ title }) => title), ...rows]
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => width(line[index]))))
  const pad = (text: string, index: number) => {
    const blanks = ' '.repeat(widths[index] - width(text))
    return columns[index].align === 'right' ? blanks + text : text + blanks
  }
  return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n')
}

const segmenter = new Intl.Segmenter()

/** How many characters a reader sees. */
const width = (text: string): number => [...segmenter.segment(text)].length

/** `name: value` lines with the values below each other. */
export function facts(entries: readonly (readonly [string, string])[]): string {
  const longest = Math.max(...entries.map(([name]) => name.length))
  return entries.map(([name, value]) => `${name.padEnd(longest)}  ${value}`).join('\n')
}

/** Control characters of names in logs must not steer the terminal. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go
  text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')
