/**
 * Work of the page that is done piece by piece: each turn is a task of its own, so that a click or key between two is answered at once, however many charts
 * and tables a page has. Turns come in the order in which they were asked for.
 */
const waiting = new Set<() => void>()
let isTaking = false

/** Does the work in a turn of its own; the function that is returned takes it back while it waits. */
export function inTurn(work: () => void): () => void {
  waiting.add(work)
  if (!isTaking) {
    isTaking = true
    afterPicture(takeTurn)
  }
  return () => waiting.delete(work)
}

function takeTurn(): void {
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
    setTimeout(takeTurn)
  }
}

/** What a page has and a test of this module has not. */
const { document, requestAnimationFrame } = globalThis as {
  document?: { readonly hidden: boolean }
  requestAnimationFrame?: (work: () => void) => void
}

/** After the picture that shows what the click or key itself did: it would else wait for the first turn. A page that nobody sees makes no pictures. */
function afterPicture(work: () => void): void {
  if (requestAnimationFrame === undefined || document?.hidden) setTimeout(work)
  else requestAnimationFrame(() => setTimeout(work))
}
