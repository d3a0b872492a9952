import type { Page } from 'playwright-core'

/** A click or key. */
export interface Interaction {
  /** Milliseconds until the picture that shows its effect (Event Timing), in steps of 8. */
  duration: number
  /** Milliseconds until the page has done what it does at once: what it waited for something else and took itself, without the browser's picture. */
  blocked: number
  /** The kind of event and the place of the page. */
  what: string
}

/** Runs in the page. Entries of no interaction, such as a pointer that moves, have no id. */
const observeInteractions = `
  new PerformanceObserver((list) => {
    for (const { interactionId, duration, name, startTime, processingEnd } of list.getEntries()) {
      const id = performance.timeOrigin + ' ' + interactionId
      if (interactionId) tellInteraction(id, duration, processingEnd - startTime, name + ' at ' + location.pathname)
    }
  }).observe({ type: 'event', durationThreshold: 16, buffered: true })
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

/** Tells, in the moment in which it happens, that an element of the pages to come shows a text, or fails after a minute; a search that asks again and again would measure its pauses. */
export async function watchFor(page: Page, selector: string, text: string): Promise<{ shown: Promise<void> }> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const waited = setTimeout(() => reject(new Error(`no ${selector} shows "${text}"`)), 60_000)
  await page.exposeFunction('tellShown', () => {
    clearTimeout(waited)
    resolve()
  })
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

/** Watches every input of this page, also across its own navigations; returns how to end it. An interaction of several events, as a click is, takes as long as its longest. */
export async function watchInteractions(page: Page): Promise<() => Promise<Interaction[]>> {
  const seen = new Map<string, Interaction>()
  await page.exposeFunction('tellInteraction', (id: string, duration: number, blocked: number, what: string) => {
    const before = seen.get(id)
    const isLonger = duration > (before?.duration ?? 0)
    seen.set(id, {
      duration: Math.max(duration, before?.duration ?? 0),
      blocked: Math.max(blocked, before?.blocked ?? 0),
      what: isLonger ? what : before!.what,
    })
  })
  await page.addInitScript(observeInteractions)
  await page.evaluate(observeInteractions)
  return async () => {
    await page.waitForTimeout(300)
    return [...seen.values()]
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

/** Part of the browser's own trace (the Trace Event Format): what a thread did, in microseconds. */
interface TraceEvent {
  name: string
  pid: number
  tid: number
  /** Of the thread's computing time, without what other threads took meanwhile. */
  tdur?: number
  args?: { name?: string }
}

/** Goes to a place as a link does, without loading the page anew. @returns milliseconds that the longest task computed within two seconds. Closes the page. */
export async function longestTask(page: Page, place: string): Promise<number> {
  const browser = page.context().browser()!
  await page.waitForTimeout(300)
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] })
  await page.evaluate(
    `history.pushState({}, '', ${JSON.stringify(place)}); dispatchEvent(new PopStateEvent('popstate'))`,
  )
  await page.waitForTimeout(2000)
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] }
  await page.context().close()
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`
  const mainThreads = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map((event) => threadOf(event)),
  )
  const tasks = traceEvents.filter((event) => event.name.endsWith('RunTask') && mainThreads.has(threadOf(event)))
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000
}
