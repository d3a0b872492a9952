import type { Phrase } from '../../shared/phrase.ts'
import type { JobContext, Progress, ProgressUnit } from '../../shared/progress.ts'

/** Reports how far a stage is, at which rate and for how long yet. */
export class Meter {
  readonly #stage: Pick<Progress, 'stage' | 'unit' | 'total'>
  readonly #total: number
  readonly #context: JobContext
  readonly #started = performance.now()
  #done = 0

  constructor(stage: Phrase, unit: ProgressUnit, total: number, context: JobContext) {
    this.#stage = { stage, unit, total }
    this.#total = total
    this.#context = context
  }

  /** Says that `count` more units are done. */
  add(count: number): void {
    this.#done += count
    const rate = (1000 * this.#done) / (performance.now() - this.#started)
    const secondsLeft = Math.max(0, this.#total - this.#done) / rate
    this.#context.report({ ...this.#stage, done: this.#done, rate, secondsLeft })
  }
}
