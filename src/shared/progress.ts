import type { Phrase } from './phrase.ts'

/** What `done` counts. */
export const progressUnits = [
  'rows',
  'events',
  'files',
  'users',
  'sequences',
  'steps',
  'targets',
  'runs',
  'resamples',
  'devices',
] as const
export type ProgressUnit = (typeof progressUnits)[number]

/** Figures worth showing live. */
export const progressFigures = [
  'rejected',
  'duplicates',
  'loss',
  'learningRate',
  'gradientNorm',
  'tokensPerSecond',
  'headLoss',
  'headWeight',
  'middleLoss',
  'middleWeight',
  'tailLoss',
  'tailWeight',
  'validationNll',
  'validationAccuracy',
  'validationMacroRecall',
  'locationLoss',
  'gapLoss',
  'validationLocationAccuracy',
  'validationGapAccuracy',
  'everythingDoneIn',
] as const
export type ProgressFigure = (typeof progressFigures)[number]

/** What long work says while it runs: what it does now, how far it is, how fast, and for how long yet. */
export interface Progress {
  /** What is being done now, in the user's words: `reading events.csv`, `training`, `bootstrap`. */
  stage: Phrase
  done: number
  /** Absent when it cannot be known. */
  total?: number
  unit: ProgressUnit
  /** Units per second over the last seconds. */
  rate?: number
  secondsLeft?: number
  figures?: Partial<Record<ProgressFigure, number | string>>
}

/** `signal.reason` of work that should stop where it can be taken up again; any other reason cancels it. */
export const pauseReason = 'pause'

/** What a long operation is given by whoever runs it. */
export interface JobContext {
  report(progress: Progress): void
  /** Something the user must be told although the work goes on, such as a choice made for them. */
  warn(message: Phrase): void
  signal: AbortSignal
}

/** A context for callers that need neither progress nor cancellation. */
export const silentContext: JobContext = {
  report() {},
  warn() {},
  signal: new AbortController().signal,
}
