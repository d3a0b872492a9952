import type { z } from 'zod'
import { WorkbenchError } from './errors.ts'

/** Parses options with their defaults. @throws WorkbenchError `usage` that names each wrong option */
export function parseOptions<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'options'}: ${message}`)
  throw new WorkbenchError('usage', issues.join('; '))
}
