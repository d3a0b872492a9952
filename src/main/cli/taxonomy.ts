import { readFileSync } from 'node:fs'
import { decodeTaxonomy, parseTaxonomy } from '../../shared/taxonomy.ts'

/** Reads a taxonomy file (see `parseTaxonomy`). Throws an Error that names the file, and the line where it is one. */
export function readTaxonomy(file: string): Record<string, string> {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    throw new Error(`${file} cannot be read: ${error instanceof Error ? error.message : error}.`)
  }
  return parseTaxonomy(decodeTaxonomy(bytes, file), file)
}
