import type { ReviewExclusion, SplitConfiguration } from '../../shared/configuration.ts'

/** Texts of options as values. Each throws an Error whose message says what is allowed. */

/** `time:0.8,0.1,0.1` or `leave-one-out`. */
export function parseSplit(text: string): SplitConfiguration {
  if (text === 'leave-one-out') return { kind: 'leave-one-out' }
  const shares = /^time:([^,]+),([^,]+),([^,]+)$/.exec(text)?.slice(1).map(Number)
  if (shares === undefined || shares.some((share) => !(share > 0 && share < 1))) {
    throw new Error('Allowed are time:TRAIN,VALID,TEST with three shares between 0 and 1, and leave-one-out.')
  }
  const [train, valid, test] = shares
  return { kind: 'time', train, valid, test }
}

/** `rho=0.1` as one entry of a record. */
export function parseParameter(text: string): Record<string, number> {
  const [, name, value] = /^([^=]+)=(.+)$/.exec(text) ?? []
  if (name === undefined || !Number.isFinite(Number(value))) throw new Error('Write NAME=NUMBER, such as rho=0.1.')
  return { [name.trim()]: Number(value) }
}

/** `march=shared device`: what has that label of the review. A label may have an equals sign in its name; of a review that has one, give the id. */
export function parseReviewLabel(text: string): ReviewExclusion[] {
  const [, project, label] = /^([^=]+)=(.+)$/s.exec(text) ?? []
  if (project === undefined) throw new Error('Write REVIEW=LABEL, such as march=bot.')
  return [{ project, flagged: false, labels: [label] }]
}

/** A column's name, or `none` for a location column that is not there. */
export const parseLocationColumn = (text: string): string | null => (text === 'none' ? null : text)

/** `0.9,0.98`: the decays of AdamW's two moments. */
export function parseBetas(text: string): [number, number] {
  const betas = text.split(',').map(Number)
  if (betas.length !== 2 || betas.some((beta) => !(beta >= 0 && beta < 1))) {
    throw new Error('Write two numbers from 0 to below 1, such as 0.9,0.98.')
  }
  return [betas[0], betas[1]]
}

/** `auto` or a number of steps. */
export function parseStepsPerCall(text: string): number | 'auto' {
  if (text === 'auto') return text
  if (!/^[1-9]\d*$/.test(text)) throw new Error('Write auto or a whole number from 1.')
  return Number(text)
}

/** `RUN` or `RUN@TAU`: a run with a post-hoc logit adjustment of tau. */
export function parseComparedRun(text: string): string | { run: string; adjustment: number } {
  const [, run, tau] = /^(.+)@([^@]+)$/.exec(text) ?? []
  if (run === undefined || !Number.isFinite(Number(tau))) return text
  return { run, adjustment: Number(tau) }
}
