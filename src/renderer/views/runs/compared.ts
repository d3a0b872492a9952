import type { EvaluationResult } from '../../../shared/evaluation.ts'

/** One of what is compared: a run, or a run with a post-hoc adjustment τ of its logits. */
export interface Compared<Run> {
  run: Run
  adjustment: number
  /** What tells it from the others; the address names it so. */
  key: string
  /** As a person reads it. */
  name: string
}

/** `RUN`, or `RUN@TAU` with a post-hoc adjustment, as on the command line. */
export const withAdjustment = (run: string, adjustment: number): string =>
  adjustment === 0 ? run : `${run}@${adjustment}`

export function comparedRun<Run extends { id: string; name: string }>(run: Run, adjustment: number): Compared<Run> {
  return { run, adjustment, key: withAdjustment(run.id, adjustment), name: withAdjustment(run.name, adjustment) }
}

/** What an entry of the address names, by id, or by name where a person typed it; undefined where there is no such run. */
export function findCompared<Run extends { id: string; name: string }>(
  runs: readonly Run[],
  entry: string,
): Compared<Run> | undefined {
  const find = (text: string | undefined) =>
    runs.find(({ id }) => id === text) ?? runs.find(({ name }) => name === text)
  // A name can hold an @ itself.
  const whole = find(entry)
  if (whole !== undefined) return comparedRun(whole, 0)
  const [, name, tau] = /^(.+)@([^@]+)$/.exec(entry) ?? []
  const run = find(name)
  return run === undefined || !Number.isFinite(Number(tau)) ? undefined : comparedRun(run, Number(tau))
}

/** An evaluation under a name of its own, so that a run can stand beside its own adjustment. */
export function underOwnName<Evaluation extends EvaluationResult>(evaluation: Evaluation): Evaluation {
  const { run, adjustment } = evaluation
  const { key, name } = comparedRun(run, adjustment)
  return { ...evaluation, run: { ...run, id: key, name } }
}
