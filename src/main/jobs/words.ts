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
  simulate: phrase`simulate`,
  'remove-source': phrase`remove-source`,
  'log-statistics': phrase`log-statistics`,
  'log-overview': phrase`log-overview`,
  'behaviour-profile': phrase`behaviour-profile`,
  'user-counts': phrase`user-counts`,
  'event-anchors': phrase`event-anchors`,
  'export-events': phrase`export-events`,
  'export-rejects': phrase`export-rejects`,
  'build-dataset': phrase`build-dataset`,
  'preview-dataset': phrase`preview-dataset`,
  'verify-dataset': phrase`verify-dataset`,
  'dataset-timeline': phrase`dataset-timeline`,
  'remove-dataset': phrase`remove-dataset`,
  train: phrase`train`,
  'resume-training': phrase`resume-training`,
  'remove-run': phrase`remove-run`,
  'measure-training': phrase`measure-training`,
  doctor: phrase`doctor`,
  evaluate: phrase`evaluate`,
  compare: phrase`compare`,
  report: phrase`report`,
  'report-page': phrase`report-page`,
  'compare-evaluations': phrase`compare-evaluations`,
  predict: phrase`predict`,
  score: phrase`score`,
  export: phrase`export`,
  'create-review': phrase`create-review`,
  'export-review-labels': phrase`export-review-labels`,
  'export-review-taxonomy': phrase`export-review-taxonomy`,
}

/** A kind of job, as messages say it; one that this version does not know is said by its name. */
export const kindWord = (kind: string): Phrase => kindWords[kind] ?? verbatim(kind)
