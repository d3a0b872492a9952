import { csvText, withByteOrderMark } from '../../../shared/csv.ts'

/** CSV as of RFC 4180, for a file (see `withByteOrderMark`): text cells as of `csvText`; numbers are never changed. */
export function toCsv(header: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  const lines = [header.map(cell).join(',')]
  for (const row of rows) lines.push(row.map(cell).join(','))
  return withByteOrderMark(`${lines.join('\r\n')}\r\n`)
}

/** Empty where null. */
export type CsvCell = string | number | null

function cell(value: CsvCell): string {
  if (value === null) return ''
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : ''
  return csvText(value)
}
