import type { Page } from 'playwright-core'

/** How a page answered to what a person did. */
export interface Responsiveness {
  /** Milliseconds from the slowest input to the picture that shows its effect (Event Timing). */
  slowest: number
  /** What the slowest was: a kind of event, and the place of the page. Empty without interactions. */
  what: string
  /** Interactions that took more than 100 ms. */
  over: number
  interactions: number
}

/** Longest stretch in which the page could not have answered to anything, in milliseconds; 0 where none lasted 50. */
export type WatchedTasks = () => Promise<number>

/** Runs in the page. Entries of no interaction, such as a pointer that moves, have no id. */
const observeInteractions = `
  new PerformanceObserver((list) => {
    for (const { interactionId, duration, name } of list.getEntries()) {
      const id = performance.timeOrigin + ' ' + interactionId
      if (interactionId) tellInteraction(id, duration, name + ' at ' + location.pathname)
    }
  }).observe({ type: 'event', durationThreshold: 16, buffered: true })
`

/** Runs in the page. */
const observeTasks = `
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tellTask(duration)
  }).observe({ type: 'longtask' })
`

/** Runs in the page. */
const observeFrames = `
  window.framesOfBench = []
  let last = performance.now()
  const frame = (now) => {
    framesOfBench.push(now - last)
    last = now
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
`

/** Tells, in the moment in which it happens, that an element of the pages to come shows a text; a search that asks again and again would measure its pauses. */
export async function watchFor(page: Page, selector: string, text: string): Promise<{ shown: Promise<void> }> {
  const { promise, resolve } = Promise.withResolvers<void>()
  await page.exposeFunction('tellShown', resolve)
  await page.addInitScript(`
    const isShown = () => [...document.querySelectorAll(${JSON.stringify(selector)})].some((element) => element.textContent.includes(${JSON.stringify(text)}))
    const observer = new MutationObserver(() => {
      if (!isShown()) return
      observer.disconnect()
      requestAnimationFrame(() => tellShown())
    })
    observer.observe(document, { childList: true, subtree: true, characterData: true })
  `)
  // In an object, since a promise would be waited for on its way.
  return { shown: promise }
}

/** Watches every input of this page, also across its own navigations; returns how to end it. */
export async function watchInteractions(page: Page): Promise<() => Promise<Responsiveness>> {
  const seen = new Map<string, { duration: number; what: string }>()
  await page.exposeFunction('tellInteraction', (id: string, duration: number, what: string) => {
    if (duration > (seen.get(id)?.duration ?? 0)) seen.set(id, { duration, what })
  })
  await page.addInitScript(observeInteractions)
  await page.evaluate(observeInteractions)
  return async () => {
    await page.waitForTimeout(300)
    const all = [...seen.values()].sort((a, b) => b.duration - a.duration)
    return {
      slowest: all[0]?.duration ?? 0,
      what: all[0]?.what ?? '',
      over: all.filter(({ duration }) => duration > 100).length,
      interactions: all.length,
    }
  }
}

/** Watches the tasks of this page from now on, over its own navigations; returns how to end it. */
export async function watchTasks(page: Page): Promise<WatchedTasks> {
  let longest = 0
  await page.exposeFunction('tellTask', (duration: number) => {
    longest = Math.max(longest, duration)
  })
  await page.addInitScript(observeTasks)
  await page.evaluate(observeTasks)
  return async () => {
    await page.waitForTimeout(300)
    return longest
  }
}

/** Watches the times between frames; returns how to end it, with the figures in words. */
export async function watchFrames(page: Page): Promise<() => Promise<string>> {
  await page.evaluate(observeFrames)
  return async () => {
    const frames = (await page.evaluate('window.framesOfBench')) as number[]
    const sorted = frames.sort((a, b) => a - b)
    const at = (share: number) =>
      Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
    return `${at(0.5)} ms a frame, 95 % within ${at(0.95)} ms, slowest ${at(1)} ms`
  }
}
