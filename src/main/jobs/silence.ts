/** A job's process says this often that it is there (see `serveJobs`). */
export const beatMilliseconds = 500

/**
 * So long may a process say nothing once it was asked to stop. Work that is alive goes back to its event loop many times a second, also while it writes a
 * checkpoint; and services and containers are killed from outside 10 seconds after they were asked, which is too late to write anything down.
 */
const standardMilliseconds = 8_000
/** A training whose steps take long is silent within each of them, and would lose what it has trained: it is given more time, but no more than this. */
const longestMilliseconds = 120_000

/** Measures how long a job's process has said nothing, to tell one that is stopping from one that does not hear. */
export class Silence {
  readonly #least: number
  #brokenAt: number | undefined
  #longest = 0
  #timer: NodeJS.Timeout | undefined
  #onTooLong: ((seconds: number) => void) | undefined

  constructor(leastMilliseconds = standardMilliseconds) {
    this.#least = leastMilliseconds
  }

  /** Something was heard. Until it is for the first time, a process is starting, which says nothing of its work. */
  broken(): void {
    const now = performance.now()
    if (this.#brokenAt !== undefined) this.#longest = Math.max(this.#longest, now - this.#brokenAt)
    this.#brokenAt = now
  }

  /** Calls once, as soon as nothing has been heard for the standard time, or for twice the longest silence until now where that is more. */
  limit(onTooLong: (seconds: number) => void): void {
    if (this.#onTooLong !== undefined) return
    this.#onTooLong = onTooLong
    this.#brokenAt ??= performance.now()
    this.#wait(Math.max(this.#least, Math.min(2 * this.#longest, longestMilliseconds)))
  }

  /** Nothing is waited for any more. */
  end(): void {
    clearTimeout(this.#timer)
    this.#onTooLong = () => {}
  }

  #wait(milliseconds: number): void {
    const left = this.#brokenAt! + milliseconds - performance.now()
    // What has arrived while this process was busy itself is heard before the immediate.
    this.#timer = setTimeout(() => setImmediate(() => this.#look(milliseconds)), left)
  }

  #look(milliseconds: number): void {
    if (performance.now() - this.#brokenAt! < milliseconds) this.#wait(milliseconds)
    else this.#onTooLong!(Math.round(milliseconds / 1000))
  }
}
