import type { CommandSpecification } from '../specification.ts'
import { datasetCommands } from './dataset.ts'
import { doctorCommands } from './doctor.ts'
import { evaluationCommands } from './evaluation.ts'
import { importCommands } from './import.ts'
import { jobCommands } from './jobs.ts'
import { logCommands } from './logs.ts'
import { predictionCommands } from './prediction.ts'
import { quickstartCommands } from './quickstart.ts'
import { runCommands } from './runs.ts'
import { serveCommands } from './serve.ts'
import { trainCommands } from './train.ts'
import { workspaceCommands } from './workspace.ts'

/** Every command, in the order in which help lists them: that of a first piece of work. */
export const commands: readonly CommandSpecification[] = [
  ...quickstartCommands,
  ...importCommands,
  ...logCommands,
  ...datasetCommands,
  ...trainCommands,
  ...runCommands,
  ...evaluationCommands,
  ...predictionCommands,
  ...doctorCommands,
  ...jobCommands,
  ...serveCommands,
  ...workspaceCommands,
]
