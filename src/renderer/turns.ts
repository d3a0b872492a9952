/**
 * Work of the page that is done piece by piece: each turn is a task of its own, so that a click or key between two is answered at once, however many charts
 * and tables a page has. Turns come in the order in which they were asked for, and none between a click or key and the picture of what it did.
 */
const waiting = new Set<() => void>()
let isTaking = false

/** Does the work in a turn of its own; the function that is returned takes it back while it waits. */
export function inTurn(work: () => void): () => void {
  waiting.add(work)
  if (!isTaking) {
    isTaking = true
    inNextTask(takeTurn)
  }
  return () => waiting.delete(work)
}

function takeTurn(): void {
  if (picturesDue > 0 && !document!.hidden) {
    afterPicture(takeTurn)
    return
  }
  const [work] = waiting
  if (work === undefined) {
    isTaking = false
    return
  }
  waiting.delete(work)
  try {
    work()
  } finally {
    // What the work changed is drawn within this task; input that waits comes before the next.
    inNextTask(takeTurn)
  }
}

/** Without the pause of 4 ms that browsers put between timeouts which follow each other. */
function inNextTask(work: () => void): void {
  if (scheduler === undefined) setTimeout(work)
  else void scheduler.postTask(work)
}

/** What a page has and a test of this module has not; not every browser at a web host has a scheduler. */
const { document, requestAnimationFrame, scheduler } = globalThis as {
  scheduler?: { postTask(work: () => void): Promise<void> }
  document?: {
    readonly hidden: boolean
    addEventListener(kind: string, listener: () => void, options: { capture: boolean; passive: boolean }): void
  }
  requestAnimationFrame?: (work: () => void) => void
}

/** Clicks and keys whose picture has not been made. */
let picturesDue = 0
for (const kind of ['pointerdown', 'pointerup', 'click', 'keydown', 'input']) {
  document?.addEventListener(kind, awaitPicture, { capture: true, passive: true })
}

function awaitPicture(): void {
  picturesDue++
  afterPicture(() => picturesDue--)
}

function afterPicture(work: () => void): void {
  requestAnimationFrame!(() => setTimeout(work))
}
