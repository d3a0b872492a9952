import { extraHeads } from '../../shared/heads.ts'
import type { Phrase } from '../../shared/phrase.ts'
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

/** Turns steps into the progress that a person watches: rate over the last seconds, time left from the whole session, validations included. */
export class TrainingProgress {
  readonly #report: (progress: Progress) => void
  readonly #totalSteps: number
  readonly #firstStep: number
  readonly #startedAt = performance.now()
  #recent: { at: number; step: number; tokens: number }[]
  #tokens = 0
  #rates = { tokens: 0, steps: 0 }
  #reportedAt = Number.NEGATIVE_INFINITY
  #validation: ValidationMetrics | undefined

  constructor(report: (progress: Progress) => void, firstStep: number, totalSteps: number) {
    this.#report = report
    this.#firstStep = firstStep
    this.#totalSteps = totalSteps
    this.#recent = [{ at: this.#startedAt, step: firstStep, tokens: 0 }]
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

  validated(metrics: ValidationMetrics): void {
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
    const done = step - this.#firstStep
    this.#report({
      stage,
      done: step,
      total: this.#totalSteps,
      unit: 'steps',
      rate: done > 0 ? this.#rates.steps : undefined,
      secondsLeft: done > 0 ? ((at - this.#startedAt) / 1000 / done) * (this.#totalSteps - step) : undefined,
      figures: figures === undefined ? undefined : this.#figures(figures),
    })
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
      figures.validationNll = this.#validation.nll
      figures.validationAccuracy = this.#validation.accuracy
      figures.validationMacroRecall = this.#validation.macroRecall
      const { location, gap } = this.#validation.heads ?? {}
      if (location !== undefined) figures.validationLocationAccuracy = location.accuracy
      if (gap !== undefined) figures.validationGapAccuracy = gap.accuracy
    }
    return figures
  }
}
