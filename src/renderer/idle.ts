/** A person who has just opened the window, clicked or typed goes on to do so. */
const restMilliseconds = 250

let lastInput = performance.now()
for (const kind of ['pointerdown', 'keydown', 'wheel']) {
  addEventListener(kind, ({ timeStamp }) => (lastInput = timeStamp), { capture: true, passive: true })
}

/** Resolves when the page has nothing else to do and nobody has clicked or typed for a moment; what follows the wait is done in that moment. */
export async function idleMoment(): Promise<void> {
  for (;;) {
    await new Promise((resolve) => requestIdleCallback(resolve))
    const rest = lastInput + restMilliseconds - performance.now()
    if (rest <= 0) return
    await new Promise((resolve) => setTimeout(resolve, rest))
  }
}
