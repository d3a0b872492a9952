import type { z } from 'zod'
import { WorkbenchError } from '../../shared/errors.ts'
import type { JobContext } from '../../shared/progress.ts'
import type { JobInput, JobKind, JobResult } from '../jobs/registry.ts'
import type { ReadWorkspace, WriteWorkspace } from '../storage/workspace.ts'

/** What procedures work with: one workspace, and processes for what takes long. */
export interface Host {
  /** Workspace directory, absolute. */
  readonly directory: string
  /** Short queries in the host's own process. */
  read<Result>(work: (workspace: ReadWorkspace) => Result): Result
  /** Short changes in the host's own process. */
  write<Result>(work: (workspace: WriteWorkspace) => Result): Result
  /** Everything else in a process of its own (see `runJob`). */
  run<Kind extends JobKind>(kind: Kind, input: JobInput<Kind>, context: JobContext): Promise<JobResult<Kind>>
}

/** One thing that a host may ask for. */
export interface Procedure<Schema extends z.ZodType = z.ZodType, Result = unknown> {
  readonly input: Schema
  handler(host: Host, input: z.output<Schema>, context: JobContext): Promise<Result> | Result
}

/** Infers the types of a procedure. */
export function procedure<Schema extends z.ZodType, Result>(
  definition: Procedure<Schema, Result>,
): Procedure<Schema, Result> {
  return definition
}

/** Validates the input at the boundary, then handles it. Throws WorkbenchError `usage` naming each wrong field. */
export async function callProcedure<Schema extends z.ZodType, Result>(
  called: Procedure<Schema, Result>,
  host: Host,
  input: z.input<Schema>,
  context: JobContext,
): Promise<Result> {
  const parsed = called.input.safeParse(input)
  if (parsed.success) return await called.handler(host, parsed.data, context)
  const issues = parsed.error.issues.map(({ path, message }) =>
    path.length ? `${path.join('.')}: ${message}` : message,
  )
  throw new WorkbenchError('usage', issues.join('\n'))
}
