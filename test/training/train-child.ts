import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { resumeRun, trainRun } from '../../src/main/training/run.ts'
import type { TrainConfigurationInput } from '../../src/shared/configuration.ts'
import { silentContext } from '../../src/shared/progress.ts'

/** A process that trains or resumes a run and is made to be killed: `train-child.ts WORKSPACE train CONFIGURATION | resume RUN`. */
const [directory, action, argument] = process.argv.slice(2)
using workspace = openWorkspace(directory, { mode: 'write' })
const context = { ...silentContext, report: () => process.send?.('step') }
if (action === 'train') await trainRun(workspace, JSON.parse(argument) as TrainConfigurationInput, context)
else await resumeRun(workspace, { run: argument }, context)
process.disconnect?.()
