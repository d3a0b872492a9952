import { type Phrase, render } from '../../shared/phrase.ts'
import type { JobContext, Progress, ProgressUnit } from '../../shared/progress.ts'

const interval = 250
/** The rate is that of the last seconds, not of the whole. */
const window = 5000

/** Reports progress a few times a second with the rate of the last seconds and the time left. */
export class ProgressMeter {
  readonly #context: JobContext
  readonly #unit: ProgressUnit
  #stage = ''
  #last = 0
  #marks: { at: number; done: number }[] = []

  constructor(context: JobContext, unit: ProgressUnit) {
    this.#context = context
    this.#unit = unit
  }

  report(stage: Phrase, done: number, total: number | undefined, figures?: Progress['figures']): void {
    const now = performance.now()
    const words = render(stage)
    if (words !== this.#stage) this.#marks = []
    else if (now - this.#last < interval && done !== total) return
    this.#stage = words
    this.#last = now
    this.#marks.push({ at: now, done })
    while (this.#marks.length > 2 && now - this.#marks[1].at > window) this.#marks.shift()
    const first = this.#marks[0]
    const rate = now > first.at ? (1000 * (done - first.done)) / (now - first.at) : undefined
    const secondsLeft = rate && total !== undefined ? Math.max(0, total - done) / rate : undefined
    this.#context.report({ stage, done, total, unit: this.#unit, rate, secondsLeft, figures })
  }
}
