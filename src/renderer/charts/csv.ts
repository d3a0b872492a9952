import { csvText, withByteOrderMark } from '../../shared/csv.ts'

/** Rows as CSV: texts as of `csvText`, null as an empty field. */
export function toCsv(rows: readonly (readonly (string | number | null)[])[]): string {
  const cell = (value: string | number | null) => (typeof value === 'string' ? csvText(value) : String(value ?? ''))
  return `${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

/** The same for a file that a spreadsheet opens. */
export const csvFile: typeof toCsv = (rows) => withByteOrderMark(toCsv(rows))
