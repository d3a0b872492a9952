/** What long work says while it runs: what it does now, how far it is, how fast, and for how long yet. */
export interface Progress {
  /** What is being done now, in the user's words: `reading events.csv`, `training`, `bootstrap`. */
  stage: string
  done: number
  /** Absent when it cannot be known. */
  total?: number
  /** Plural unit of `done`: `rows`, `steps`, `targets`. */
  unit: string
  /** Units per second over the last seconds. */
  rate?: number
  secondsLeft?: number
  /** Named figures worth showing live, such as loss or rejected rows. */
  figures?: Record<string, number | string>
}

/** `signal.reason` of work that should stop where it can be taken up again; any other reason cancels it. */
export const pauseReason = 'pause'

/** What a long operation is given by whoever runs it. */
export interface JobContext {
  report(progress: Progress): void
  /** Something the user must be told although the work goes on, such as a choice made for them. */
  warn(message: string): void
  signal: AbortSignal
}

/** A context for callers that need neither progress nor cancellation. */
export const silentContext: JobContext = {
  report() {},
  warn() {},
  signal: new AbortController().signal,
}
