import { z } from 'zod'
import { unguarded } from './csv.ts'
import { WorkbenchError } from './errors.ts'
import { type Phrase, phrase } from './phrase.ts'

const count = z.int().min(0)

/** What a review says of the names of behaviours, and what that rests on. */
export const reviewTaxonomy = z.object({
  review: z.object({ id: z.int().min(1), name: z.string() }),
  /** Of the review's labels. */
  schemaVersion: count,
  /** Accepted sequences, once for each person whose decision counts. */
  decisions: count,
  /** What their events say of the names of the behaviours below. */
  votes: count,
  /** New names, in the order of the old ones, with the votes for each. */
  rules: z.array(z.object({ behaviour: z.string(), name: z.string(), votes: count, ofVotes: count })),
  /** Behaviours without a rule, because two names or a new one and the old one are equally frequent. */
  tied: z.array(z.string()),
  /** Behaviours without a rule, because most of their events kept the name. */
  kept: z.array(z.string()),
})
export type ReviewTaxonomy = z.infer<typeof reviewTaxonomy>

/**
 * Reads the text of a taxonomy file: CSV of two columns with a header, behaviour and new name; fields in double quotes may hold commas, doubled quotes and
 * line ends, and what `csvText` put before a formula is taken off. Two behaviours of one new name are merged.
 * @throws WorkbenchError `input` that names the file and line
 */
export function parseTaxonomy(text: string, file: string): Record<string, string> {
  const taxonomy: Record<string, string> = Object.create(null)
  for (const { line, fields } of rows(text, file).slice(1)) {
    if (fields.length !== 2) {
      throw wrong(
        fields.length === 1
          ? phrase`${file}, line ${String(line)}: 1 field where 2 are expected.`
          : phrase`${file}, line ${String(line)}: ${fields.length} fields where 2 are expected.`,
      )
    }
    const [behaviour, name] = fields
    if (name === '') throw wrong(phrase`${file}, line ${String(line)}: the new name of ${behaviour} is empty.`)
    if (behaviour in taxonomy) throw wrong(phrase`${file}, line ${String(line)}: ${behaviour} is named twice.`)
    taxonomy[behaviour] = name
  }
  if (Object.keys(taxonomy).length === 0) throw wrong(phrase`${file} has no rows below its header.`)
  return taxonomy
}

/** The text of a taxonomy file. @throws WorkbenchError `input` when it is not UTF-8 */
export function decodeTaxonomy(bytes: ArrayBuffer | Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw wrong(phrase`${file} is not valid UTF-8.`, error)
  }
}

const wrong = (message: Phrase, cause?: unknown) =>
  new WorkbenchError('input', message, phrase`Give CSV of two columns with a header: behaviour and new name.`, {
    cause,
  })

/** Rows of a CSV text (RFC 4180) with the line on which each starts; empty lines are skipped. */
function rows(text: string, file: string): { line: number; fields: string[] }[] {
  const found: { line: number; fields: string[] }[] = []
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/y
  let line = 1
  let current = { line, fields: [] as string[] }
  while (field.lastIndex < text.length) {
    const match = field.exec(text)
    if (match === null)
      throw wrong(phrase`${file}, line ${String(line)}: a quoted field is not closed, or text follows its end.`)
    const [whole, content, end] = match
    current.fields.push(unguarded(content.startsWith('"') ? content.slice(1, -1).replaceAll('""', '"') : content))
    line += whole.split('\n').length - 1
    if (end === ',') {
      if (field.lastIndex === text.length) current.fields.push('')
      else continue
    }
    if (current.fields.length > 1 || current.fields[0] !== '') found.push(current)
    current = { line, fields: [] }
  }
  return found
}
