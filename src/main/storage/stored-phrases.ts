import type { ErrorDocument } from '../../shared/errors.ts'
import { type Phrase, toPhrase } from '../../shared/phrase.ts'
import type { Progress } from '../../shared/progress.ts'

/*
 * What columns with JSON hold of what the program said, as `storedJson` reads it. Before phrases there were texts in their place, which read as phrases that nobody
 * has translated.
 */

type Stored<Value> = { [Key in keyof Value]: Value[Key] extends Phrase | undefined ? Phrase | string : Value[Key] }

export const readWarnings = (value: unknown): Phrase[] => (value as (Phrase | string)[]).map(toPhrase)

export function readError(value: unknown): ErrorDocument | null {
  if (value === null) return null
  const { code, message, hint } = value as Stored<ErrorDocument>
  return { code, message: toPhrase(message), ...(hint === undefined ? {} : { hint: toPhrase(hint) }) }
}

export function readProgress(value: unknown): Progress | null {
  if (value === null) return null
  const progress = value as Stored<Progress>
  return { ...progress, stage: toPhrase(progress.stage) }
}
