/**
 * Reads the text of a taxonomy file: CSV of two columns with a header, behaviour and new name; fields in double quotes may hold commas, doubled quotes and
 * line ends. Two behaviours of one new name are merged. Throws an Error that names the file and line.
 */
export function parseTaxonomy(text: string, file: string): Record<string, string> {
  const taxonomy: Record<string, string> = Object.create(null)
  for (const { line, fields } of rows(text, file).slice(1)) {
    if (fields.length !== 2) throw new Error(`${file}, line ${line}: ${fields.length} fields where 2 are expected.`)
    const [behaviour, name] = fields
    if (name === '') throw new Error(`${file}, line ${line}: the new name of ${behaviour} is empty.`)
    if (behaviour in taxonomy) throw new Error(`${file}, line ${line}: ${behaviour} is named twice.`)
    taxonomy[behaviour] = name
  }
  if (Object.keys(taxonomy).length === 0) throw new Error(`${file} has no rows below its header.`)
  return taxonomy
}

/** Rows of a CSV text (RFC 4180) with the line on which each starts; empty lines are skipped. */
function rows(text: string, file: string): { line: number; fields: string[] }[] {
  const found: { line: number; fields: string[] }[] = []
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/y
  let line = 1
  let current = { line, fields: [] as string[] }
  while (field.lastIndex < text.length) {
    const match = field.exec(text)
    if (match === null) throw new Error(`${file}, line ${line}: a quoted field is not closed, or text follows its end.`)
    const [whole, content, end] = match
    current.fields.push(content.startsWith('"') ? content.slice(1, -1).replaceAll('""', '"') : content)
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
