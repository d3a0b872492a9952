import { z } from 'zod'
import { refusal } from './issues.ts'
import { phrase } from './phrase.ts'

export const tableColumn = z.strictObject({ name: z.string().min(1).max(200), type: z.enum(['text', 'number']) })
export type TableColumn = z.infer<typeof tableColumn>
export const tableCell = z.union([z.string(), z.number(), z.null()])
export type TableCell = z.infer<typeof tableCell>

/** A table that a page shows, to be written as a file. */
export const tableOptions = z
  .strictObject({
    columns: z.array(tableColumn).min(1).max(500),
    rows: z.array(z.array(tableCell)).max(200_000),
    /** Name of the file; its ending, `.csv` or `.parquet`, is its format. */
    output: z.string().min(1),
  })
  .refine(({ columns }) => new Set(columns.map(({ name }) => name.toLowerCase())).size === columns.length, {
    ...refusal(phrase`two columns have one name`),
    path: ['columns'],
  })
  .refine(({ columns, rows }) => rows.every((row) => fits(row, columns)), {
    ...refusal(phrase`a row does not fit the columns`),
    path: ['rows'],
  })

function fits(row: readonly (string | number | null)[], columns: readonly TableColumn[]): boolean {
  return (
    row.length === columns.length &&
    row.every((cell, index) => cell === null || typeof cell === (columns[index].type === 'text' ? 'string' : 'number'))
  )
}
export type TableOptions = z.output<typeof tableOptions>
