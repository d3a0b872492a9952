import * as datasets from './datasets.ts'
import * as doctor from './doctor.ts'
import * as evaluation from './evaluation.ts'
import * as explore from './explore.ts'
import * as files from './files.ts'
import * as jobs from './jobs.ts'
import * as logs from './logs.ts'
import * as prediction from './prediction.ts'
import * as review from './review.ts'
import * as runs from './runs.ts'
import * as settings from './settings.ts'
import * as workspace from './workspace.ts'

/** The implementation of the contract (src/shared/contract), area by area. */
export const procedures = {
  workspace,
  files,
  jobs,
  logs,
  explore,
  datasets,
  runs,
  evaluation,
  prediction,
  review,
  doctor,
  settings,
}
