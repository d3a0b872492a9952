/**
 * Tells the desks of a workspace when the labels of their review are changed, or the review is removed. A workspace has one host for pages, so whoever changes labels
 * does it here: nothing needs to be asked again and again.
 */
export class LabelNews {
  readonly #listeners = new Set<(project?: number) => void>()
  #closed = false

  /** Says that something of a project's labels is not as it was. */
  tell(project: number): void {
    for (const listener of this.#listeners) listener(project)
  }

  /**
   * The version of a project's labels, now and whenever it is another one; ends when the project is gone.
   * @param read the version; undefined when there is no such project.
   */
  async *follow(project: number, read: () => number | undefined, signal?: AbortSignal): AsyncGenerator<number> {
    let wake = () => {}
    const listener = (changed = project) => {
      if (changed === project) wake()
    }
    this.#listeners.add(listener)
    try {
      let told: number | undefined
      while (!signal?.aborted && !this.#closed) {
        const version = read()
        if (version === undefined) return
        if (version !== told) {
          told = version
          yield version
          continue
        }
        const woken = new Promise<void>((resolve) => {
          wake = resolve
        })
        signal?.addEventListener('abort', wake, { once: true })
        await woken
        signal?.removeEventListener('abort', wake)
      }
    } finally {
      this.#listeners.delete(listener)
    }
  }

  /** Ends everything that is followed. */
  close(): void {
    this.#closed = true
    for (const listener of this.#listeners) listener()
  }
}
