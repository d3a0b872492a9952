import { strict as assert } from 'node:assert'
import type { ContractProcedure, Schema } from '@orpc/contract'
import type { z } from 'zod'
import { WorkbenchError } from '../../shared/errors.ts'
import { issuePhrase } from '../../shared/issues.ts'
import { lines, phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import type { WorkbenchStatus } from '../../shared/workspace.ts'
import type { DesignProcess } from '../jobs/design-process.ts'
import type { PredictionDesks } from '../jobs/desks.ts'
import type { EvaluationProcess } from '../jobs/evaluation-process.ts'
import type { JobInput, JobKind, JobResult } from '../jobs/registry.ts'
import type { JobSupervisor } from '../jobs/supervisor.ts'
import type { LabelNews } from '../review/label-news.ts'
import type { ReadWorkspace, WriteWorkspace } from '../storage/workspace.ts'
import type { FileAccess } from './file-access.ts'

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
  /** Runs that stay open between questions about their predictions. */
  readonly desks: PredictionDesks
  /** Stored evaluations that stay open between questions about them. */
  readonly evaluations: EvaluationProcess
  /** What a training would need, while a person designs it. */
  readonly designs: DesignProcess
  /** What only a host with a page has; absent on the command line. */
  readonly page?: PageHost
}

/** What a host with a page adds. */
export interface PageHost {
  readonly kind: WorkbenchStatus['host']
  readonly version: string
  /** Jobs that go on when nobody waits for them. */
  readonly jobs: JobSupervisor
  /** When the labels of a review are changed. */
  readonly labelNews: LabelNews
  /** Which files a person chose. */
  readonly files: FileAccess
  /** Native dialogs, of the desktop. */
  readonly dialogs?: Dialogs
}

/** The desktop's native dialogs. */
export interface Dialogs {
  /** Paths that the person chose; empty when they dismissed it. */
  open(options: { extensions: readonly string[]; multiple: boolean }): Promise<string[]>
  /** Where to write; undefined when dismissed. */
  save(options: { name: string }): Promise<string | undefined>
}

/** One thing that a host may ask for. */
export interface Procedure<Input extends z.ZodType = z.ZodType, Result = unknown> {
  readonly input: Input
  handler(host: Host, input: z.output<Input>, context: JobContext): Promise<Result> | Result
  /** The job that does it, where a page starts it and does not wait. */
  readonly job?: JobKind
  readonly paths?: PathFields
}

/** Fields of the input that name files: a page may only name files that a person chose, and writes only into the workspace's `exports`. */
export interface PathFields {
  readonly read?: readonly string[]
  readonly write?: readonly string[]
}

// biome-ignore lint/suspicious/noExplicitAny: the error map and the metadata of a contract do not matter here
type Leaf<Input extends z.ZodType, Output> = ContractProcedure<Input, Schema<Output, Output>, any, any>

/** Implements a request or subscription of the contract. */
export function procedure<Input extends z.ZodType, Output, Result extends Output>(
  leaf: Leaf<Input, Output>,
  handler: (host: Host, input: z.output<Input>, context: JobContext) => Promise<Result> | Result,
  paths?: PathFields,
): Procedure<Input, Result> {
  return { input: inputOf(leaf), handler, paths }
}

/** Implements long work of the contract: a page starts it as a job, the command line waits for what it gives back. */
export function jobProcedure<Input extends z.ZodType, Output, Kind extends JobKind>(
  leaf: Leaf<Input, Output>,
  job: Kind,
  paths?: PathFields,
): Procedure<Input, JobResult<Kind>> {
  return {
    input: inputOf(leaf),
    handler: (host, input, context) => host.run(job, input as JobInput<Kind>, context),
    job,
    paths,
  }
}

function inputOf<Input extends z.ZodType, Output>(leaf: Leaf<Input, Output>): Input {
  const schema = leaf['~orpc'].inputSchema
  assert(schema !== undefined, 'every leaf of the contract has a schema of its input')
  return schema
}

/** The page's part of the host. Asserts that there is one: the command line offers no such procedure. */
export function pageOf(host: Host): PageHost {
  assert(host.page !== undefined, 'only hosts with a page do this')
  return host.page
}

/** Validates the input at the boundary. Throws WorkbenchError `usage` naming each wrong field. */
export function parseInput<Input extends z.ZodType>(called: Procedure<Input>, input: unknown): z.output<Input> {
  const parsed = called.input.safeParse(input)
  if (parsed.success) return parsed.data
  throw new WorkbenchError(
    'usage',
    lines(parsed.error.issues.map(issuePhrase)),
    phrase`Correct the fields named and try again.`,
  )
}

/** Validates the input, then handles it. Throws WorkbenchError `usage` naming each wrong field. */
export async function callProcedure<Input extends z.ZodType, Result>(
  called: Procedure<Input, Result>,
  host: Host,
  input: z.input<Input>,
  context: JobContext,
): Promise<Result> {
  return await called.handler(host, parseInput(called, input), context)
}
