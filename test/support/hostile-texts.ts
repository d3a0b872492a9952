import fc from 'fast-check'

/** Names that spreadsheets take for formulas, that look guarded already, and that CSV has to quote. */
export const hostileName = fc
  .string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', '"', ',', ' ', 'a', '1'), maxLength: 8 })
  .filter((name) => name.trim() !== '')

/** Different ones, the same in every run of a test. */
export const hostileNames = (count: number): string[] =>
  [...new Set(fc.sample(hostileName, { numRuns: 2 * count, seed: 1 }))].slice(0, count)

/** The fields of a CSV text as a spreadsheet shows them. */
export function csvFields(text: string): string[] {
  return [...text.matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/g)].map(([, field]) =>
    field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field,
  )
}

/** Whether a spreadsheet computes something when it shows the field. A number is just that number. */
export const isFormula = (field: string): boolean =>
  /^[=+\-@\t\r]/.test(field) && !/^-?\d+(\.\d+)?(e-?\d+)?$/.test(field)
