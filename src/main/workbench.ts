import { resolve } from 'node:path'
import type { z } from 'zod'
import type { JobContext } from '../shared/progress.ts'
import { designProcess } from './jobs/design-process.ts'
import { PredictionDesks } from './jobs/desks.ts'
import { evaluationProcess } from './jobs/evaluation-process.ts'
import { runJob } from './jobs/host.ts'
import { callProcedure, type Host, type PageHost, type Procedure } from './procedures/procedure.ts'
import { openWorkspace } from './storage/workspace.ts'

/** One workspace and everything a host may ask of it. */
export interface Workbench {
  readonly directory: string
  /** What procedures work with; a host with a page gives it to the router. */
  readonly host: Host
  /** Validates the input and does what the procedure says. */
  call<Schema extends z.ZodType, Result>(
    procedure: Procedure<Schema, Result>,
    input: z.input<Schema>,
    context: JobContext,
  ): Promise<Result>
}

/**
 * Composition root: wires storage and jobs to the procedures for the workspace in `directory`, which need not exist yet.
 * @param page what a host with a page adds.
 */
export function createWorkbench(directory: string, page?: PageHost): Workbench {
  const host: Host = {
    directory: resolve(directory),
    read: (work) => {
      using workspace = openWorkspace(host.directory, { mode: 'read' })
      return work(workspace)
    },
    write: (work) => {
      using workspace = openWorkspace(host.directory, { mode: 'write' })
      return work(workspace)
    },
    run: (kind, input, context) =>
      runJob(kind, input, {
        workspace: host.directory,
        context,
        priority: page === undefined ? undefined : 'answer',
      }),
    desks: new PredictionDesks(resolve(directory)),
    evaluations: evaluationProcess(resolve(directory)),
    designs: designProcess(resolve(directory)),
    page,
  }
  return {
    directory: host.directory,
    host,
    call: (procedure, input, context) => callProcedure(procedure, host, input, context),
  }
}
