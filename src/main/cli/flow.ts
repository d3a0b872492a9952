import { phrase, verbatim } from '../../shared/phrase.ts'
import type { JobContext, Progress } from '../../shared/progress.ts'
import { duration } from './format.ts'

/** One part of a longer piece of work, and how many seconds it is expected to take. */
export interface Stage {
  title: string
  seconds: number
}

/** The progress of several stages as one: each line says which stage it is and how long everything still takes. */
export class Flow {
  readonly startedAt = performance.now()
  readonly #stages: readonly Stage[]
  readonly #context: JobContext
  #current = -1
  #stageStartedAt = 0

  constructor(stages: readonly Stage[], context: JobContext) {
    this.#stages = stages
    this.#context = context
  }

  /** Seconds since the start. */
  get elapsed(): number {
    return (performance.now() - this.startedAt) / 1000
  }

  /** Seconds that the stages after the current one are expected to take, but for those named. */
  remaining(...without: Stage[]): number {
    const later = this.#stages.slice(this.#current + 1).filter((stage) => !without.includes(stage))
    return later.reduce((sum, { seconds }) => sum + seconds, 0)
  }

  /** Goes on to a stage; gives the context for its work. */
  enter(stage: Stage): JobContext {
    this.#current = this.#stages.indexOf(stage)
    this.#stageStartedAt = performance.now()
    const number = `[${this.#current + 1}/${this.#stages.length}]`
    const { report, warn, signal } = this.#context
    report({
      stage: verbatim(`${number} ${stage.title}`),
      done: 0,
      unit: 'steps',
      secondsLeft: this.#left(stage, undefined),
    })
    return {
      report: (progress: Progress) =>
        report({
          ...progress,
          stage: phrase`${number} ${progress.stage}`,
          secondsLeft: undefined,
          figures: { everythingDoneIn: duration(this.#left(stage, progress.secondsLeft)), ...progress.figures },
        }),
      warn,
      signal,
    }
  }

  #left(stage: Stage, stageLeft: number | undefined): number {
    const expected = Math.max(0, stage.seconds - (performance.now() - this.#stageStartedAt) / 1000)
    return (stageLeft ?? expected) + this.remaining()
  }
}
