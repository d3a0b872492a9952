import type { JobState } from '../../shared/jobs.ts'
import { type Phrase, phrase, verbatim } from '../../shared/phrase.ts'

/** The states of jobs, as messages say them. */
export const stateWords: Record<JobState, Phrase> = {
  queued: phrase`queued`,
  running: phrase`running`,
  interrupted: phrase`interrupted`,
  done: phrase`done`,
  failed: phrase`failed`,
  cancelled: phrase`cancelled`,
  paused: phrase`paused`,
}

const kindWords: Readonly<Record<string, Phrase>> = {
  import: phrase`import`,
  simulate: phrase`simulation of a log`,
  'remove-source': phrase`removal of a source`,
  'log-statistics': phrase`statistics of logs`,
  'log-overview': phrase`overview of logs`,
  'behaviour-profile': phrase`profile of a behaviour`,
  'user-counts': phrase`counts of a user`,
  'event-anchors': phrase`places in the list of events`,
  'export-events': phrase`export of events`,
  'export-rejects': phrase`export of refused rows`,
  'build-dataset': phrase`build of a dataset`,
  'preview-dataset': phrase`preview of a dataset`,
  'verify-dataset': phrase`check of a dataset`,
  'dataset-timeline': phrase`time axis of a dataset`,
  'remove-dataset': phrase`removal of a dataset`,
  train: phrase`training of a model`,
  'resume-training': phrase`resumed training`,
  'remove-run': phrase`removal of a run`,
  'measure-training': phrase`measurement of a training`,
  doctor: phrase`check of the devices`,
  evaluate: phrase`evaluation`,
  compare: phrase`comparison`,
  report: phrase`report`,
  'report-page': phrase`report page`,
  'compare-evaluations': phrase`comparison of evaluations`,
  predict: phrase`prediction`,
  score: phrase`batch scoring`,
  export: phrase`export of a model`,
  'create-review': phrase`queue of a review`,
  'export-review-labels': phrase`export of a review's labels`,
  'export-review-taxonomy': phrase`export of a review's taxonomy`,
}

/** A kind of job, as messages say it; one that this version does not know is said by its name. */
export const kindWord = (kind: string): Phrase => kindWords[kind] ?? verbatim(kind)
