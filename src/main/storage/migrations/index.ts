import { logs } from './0001-logs.ts'
import { datasets } from './0002-datasets.ts'
import { runs } from './0003-runs.ts'
import { evaluations } from './0004-evaluations.ts'
import { scores } from './0005-scores.ts'
import { jobs } from './0006-jobs.ts'
import { jobQueue } from './0007-job-queue.ts'
import { review } from './0008-review.ts'
import { settings } from './0009-settings.ts'
import { activity } from './0010-activity.ts'
import { checksums } from './0011-checksums.ts'
import { heads } from './0012-heads.ts'
import { schemaVersions } from './0013-schema-versions.ts'
import { namedReviewers } from './0014-named-reviewers.ts'
import { firstScores } from './0015-first-scores.ts'
import { contents } from './0016-contents.ts'
import type { Migration } from './migration.ts'

/** Every migration in the order of its number, which is also the schema version that it leads to. A released one never changes. */
export const migrations: readonly Migration[] = [
  logs,
  datasets,
  runs,
  evaluations,
  scores,
  jobs,
  jobQueue,
  review,
  settings,
  activity,
  checksums,
  heads,
  schemaVersions,
  namedReviewers,
  firstScores,
  contents,
  // One line per migration.
]
