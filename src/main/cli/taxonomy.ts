import { readFileSync } from 'node:fs'
import { parseTaxonomy } from '../../shared/taxonomy.ts'

/** Reads a taxonomy file (see `parseTaxonomy`). Throws an Error that names the file and line. */
export function readTaxonomy(file: string): Record<string, string> {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file))
  } catch (error) {
    throw new Error(`${file} cannot be read: ${error instanceof Error ? error.message : error}.`)
  }
  return parseTaxonomy(text, file)
}
