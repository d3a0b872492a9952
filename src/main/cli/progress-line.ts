import type { WriteStream } from 'node:tty'
import { render } from '../../shared/phrase.ts'
import type { Progress } from '../../shared/progress.ts'
import { count, duration, figure } from './format.ts'

/** A terminal's line changes at most this often; without a terminal a line is added at most this often. */
const terminalMilliseconds = 100
const plainMilliseconds = 5_000

/** Shows progress on standard error: one changing line on a terminal, a line every few seconds elsewhere. */
export class ProgressLine {
  readonly #stream: NodeJS.WritableStream & Partial<WriteStream>
  #shownAt: number
  #shown = false

  constructor(stream: NodeJS.WritableStream & Partial<WriteStream> = process.stderr) {
    this.#stream = stream
    this.#shownAt = stream.isTTY ? Number.NEGATIVE_INFINITY : performance.now()
  }

  report(progress: Progress): void {
    const now = performance.now()
    if (now - this.#shownAt < (this.#stream.isTTY ? terminalMilliseconds : plainMilliseconds)) return
    this.#shownAt = now
    const line = progressText(progress)
    if (!this.#stream.isTTY) this.#stream.write(`${line}\n`)
    else {
      this.#stream.write(`\r\u001b[K${line.slice(0, (this.#stream.columns ?? 80) - 1)}`)
      this.#shown = true
    }
  }

  /** A line that stays. */
  say(text: string): void {
    this.clear()
    this.#stream.write(`${text}\n`)
  }

  /** Takes the changing line away. */
  clear(): void {
    if (this.#shown) this.#stream.write('\r\u001b[K')
    this.#shown = false
  }
}

/** `training: 120 of 400 steps (30 %), 41 steps/s, 7 s left, loss 3.21`. */
export function progressText({ stage, done, total, unit, rate, secondsLeft, figures }: Progress): string {
  const share = total === undefined || total === 0 ? '' : ` of ${count(total)}`
  const percentage = total === undefined || total === 0 ? '' : ` (${Math.floor((100 * done) / total)} %)`
  const parts = [`${count(done)}${share} ${unit}${percentage}`]
  if (rate !== undefined) parts.push(`${figure(rate)} ${unit}/s`)
  if (secondsLeft !== undefined) parts.push(`${duration(secondsLeft)} left`)
  for (const [name, value] of Object.entries(figures ?? {})) {
    parts.push(`${inWords(name)} ${typeof value === 'number' ? figure(value) : value}`)
  }
  return `${render(stage)}: ${parts.join(', ')}`
}

/** `gradientNorm` -> `gradient norm`. */
const inWords = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
