import { extraHeads } from '../../shared/heads.ts'
import { type Phrase, phrase } from '../../shared/phrase.ts'
import type { Progress } from '../../shared/progress.ts'
import type { StepResult } from '../engine/training.ts'
import type { GroupFigures } from '../model/objectives/objective.ts'
import type { ValidationMetrics } from './checkpoints.ts'

/** Milliseconds over which the shown rate is averaged, and between two reports. */
const rateWindow = 10_000
const reportInterval = 200

/** What the latest step measured. */
export interface LatestFigures {
  readonly loss: number
  readonly learningRate: number
  readonly gradientNorm: number
  readonly groups: readonly GroupFigures[]
  readonly headLosses: StepResult['headLosses']
}

/** Which steps a session makes, and after how many each it validates; it also does after the last. */
export interface SessionSteps {
  readonly firstStep: number
  readonly totalSteps: number
  readonly validationInterval: number
}

/** Turns steps and validations into the progress that a person watches: rate over the last seconds, time left from the steps of the whole session and the last validation. */
export class TrainingProgress {
  readonly #report: (progress: Progress) => void
  readonly #session: SessionSteps
  readonly #startedAt = performance.now()
  #recent: { at: number; step: number; tokens: number }[]
  #tokens = 0
  #rates = { tokens: 0, steps: 0 }
  #reportedAt = Number.NEGATIVE_INFINITY
  #validation: ValidationMetrics | undefined
  /** The validation that runs now, and which share of it is done. */
  #validating: { startedAt: number; share: number } | undefined
  /** Of all validations of the session, and of the last one. */
  #validationSeconds = { all: 0, last: undefined as number | undefined }

  constructor(report: (progress: Progress) => void, session: SessionSteps) {
    this.#report = report
    this.#session = session
    this.#recent = [{ at: this.#startedAt, step: session.firstStep, tokens: 0 }]
  }

  /** Tokens trained on per second, over the last seconds of training. */
  get tokensPerSecond(): number {
    return this.#rates.tokens
  }

  /** Counts the optimizer steps up to this one with their tokens. */
  count(step: number, tokens: number): void {
    this.#tokens += tokens
    const at = performance.now()
    this.#recent.push({ at, step, tokens: this.#tokens })
    while (this.#recent.length > 2 && this.#recent[0].at < at - rateWindow) this.#recent.shift()
    const [first] = this.#recent
    const seconds = (at - first.at) / 1000
    this.#rates = { tokens: (this.#tokens - first.tokens) / seconds, steps: (step - first.step) / seconds }
  }

  beginValidation(step: number, figures: LatestFigures | undefined): void {
    this.#validating = { startedAt: performance.now(), share: 0 }
    this.show(phrase`validating`, step, figures, true)
  }

  continueValidation(share: number, step: number, figures: LatestFigures | undefined): void {
    this.#validating!.share = share
    this.show(phrase`validating`, step, figures)
  }

  /** The validation has come to its end; figures over no target are none. */
  validated(metrics: ValidationMetrics): void {
    const last = (performance.now() - this.#validating!.startedAt) / 1000
    this.#validationSeconds = { all: this.#validationSeconds.all + last, last }
    this.#validating = undefined
    this.#validation = metrics
  }

  /** Measures the rate from now on: the time of a validation or checkpoint is no training time. */
  restartRate(): void {
    const last = this.#recent.at(-1)!
    this.#recent = [{ ...last, at: performance.now() }]
  }

  /** Reports where training stands, at most some times a second unless it must be now. */
  show(stage: Phrase, step: number, figures: LatestFigures | undefined, now = false): void {
    const at = performance.now()
    if (!now && at - this.#reportedAt < reportInterval) return
    this.#reportedAt = at
    const done = step - this.#session.firstStep
    this.#report({
      stage,
      done: step,
      total: this.#session.totalSteps,
      unit: 'steps',
      rate: done > 0 ? this.#rates.steps : undefined,
      secondsLeft: done > 0 ? this.#secondsLeft(at, step) : undefined,
      figures: figures === undefined ? undefined : this.#figures(figures),
    })
  }

  /** Of a validation nothing is known before the first batch of the first one; it is left out until then, and once nothing else is left, nothing is said. */
  #secondsLeft(at: number, step: number): number | undefined {
    const { firstStep, totalSteps } = this.#session
    const { all, last } = this.#validationSeconds
    const validating = this.#validating && (at - this.#validating.startedAt) / 1000
    const share = this.#validating?.share ?? 0
    const oneValidation = validating !== undefined && share > 0 ? validating / share : last
    const training = (at - this.#startedAt) / 1000 - all - (validating ?? 0)
    const stepsLeft = (training / (step - firstStep)) * (totalSteps - step)
    if (oneValidation === undefined) return validating !== undefined && step === totalSteps ? undefined : stepsLeft
    const thisValidation = validating === undefined ? 0 : Math.max(0, oneValidation - validating)
    return stepsLeft + thisValidation + this.#validationsAfter(step) * oneValidation
  }

  #validationsAfter(step: number): number {
    const { totalSteps, validationInterval } = this.#session
    return step === totalSteps ? 0 : Math.ceil(totalSteps / validationInterval) - Math.floor(step / validationInterval)
  }

  #figures(latest: LatestFigures) {
    const figures: Progress['figures'] & object = {
      loss: latest.loss,
      learningRate: latest.learningRate,
      gradientNorm: latest.gradientNorm,
      tokensPerSecond: this.tokensPerSecond,
    }
    for (const { name, loss, weight } of latest.groups) {
      if (loss !== null) figures[`${name}Loss`] = loss
      figures[`${name}Weight`] = weight
    }
    for (const head of extraHeads)
      if (latest.headLosses[head] !== undefined) figures[`${head}Loss`] = latest.headLosses[head]
    if (this.#validation !== undefined) {
      if (this.#validation.targets > 0) {
        figures.validationNll = this.#validation.nll
        figures.validationAccuracy = this.#validation.accuracy
        figures.validationMacroRecall = this.#validation.macroRecall
      }
      const { location, gap } = this.#validation.heads ?? {}
      if (location !== undefined) figures.validationLocationAccuracy = location.accuracy
      if (gap !== undefined) figures.validationGapAccuracy = gap.accuracy
    }
    return figures
  }
}
