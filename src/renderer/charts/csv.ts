import { csvText } from '../../shared/csv.ts'

/** Rows as CSV: texts as of `csvText`, null as an empty field. */
export function toCsv(rows: readonly (readonly (string | number | null)[])[]): string {
  const cell = (value: string | number | null) => (typeof value === 'string' ? csvText(value) : String(value ?? ''))
  return `${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}
