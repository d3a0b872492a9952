import { datasets } from './datasets.ts'
import { doctor } from './doctor.ts'
import { evaluation } from './evaluation.ts'
import { explore } from './explore.ts'
import { files } from './files.ts'
import { jobs } from './jobs.ts'
import { logs } from './logs.ts'
import { prediction } from './prediction.ts'
import { review } from './review.ts'
import { runs } from './runs.ts'
import { settings } from './settings.ts'
import { workspace } from './workspace.ts'

/**
 * Everything that a page may ask of the workbench, the same in every host: area by area, each with the schema of its input and the type of
 * its output. Implemented by src/main/procedures.
 */
export const contract = {
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
export type Contract = typeof contract
