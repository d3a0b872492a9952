import type { z } from 'zod'
import { WorkbenchError } from './errors.ts'
import { issuePhrase } from './issues.ts'
import { phrase, statements } from './phrase.ts'

/** Parses options with their defaults. @throws WorkbenchError `usage` that names each wrong option */
export function parseOptions<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map((issue) =>
    issue.path.length === 0 ? phrase`options: ${issuePhrase(issue)}` : issuePhrase(issue),
  )
  throw new WorkbenchError('usage', statements(issues))
}
