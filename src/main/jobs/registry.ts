import type { JobContext } from '../../shared/progress.ts'
import type { WriteWorkspace } from '../storage/workspace.ts'

/** A kind of work that gets a process of its own. Rooms are loaded by the job that needs them: native libraries stay out of the others. */
export interface JobDefinition<Input = never, Result = unknown> {
  /** Whether the workspace lists such jobs; short ones that only read are not. */
  readonly listed: boolean
  /** Whether the job may make the workspace. */
  readonly create: boolean
  run(workspace: WriteWorkspace, input: Input, context: JobContext): Promise<Result> | Result
}

export type JobKind = keyof typeof jobKinds
